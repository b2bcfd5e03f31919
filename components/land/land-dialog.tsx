"use client";

import { type FormEvent, type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Letter } from "@/components/variation/letter";
import { downloadPaths, problemFrom } from "@/lib/client/api";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { LandOptions } from "./land-options";
import { LandOutcome } from "./land-outcome";
import { LandPreview } from "./land-preview";
import { LandWays } from "./land-ways";
import { firstChoice, type LandChoice, requestOf, useLanding } from "./use-landing";

/** Brings one variation's tree to where the person works: what is possible here, what it would meet, and what came of it. */
export function LandDialog({ run, variation, onClose }: { run: RunState; variation: number; onClose: () => void }): ReactElement {
  const [choice, setChoice] = useState<LandChoice>(firstChoice);
  const { preview, landing } = useLanding(run.runId, requestOf(run.selection?.winner === variation ? undefined : variation, choice));
  const letter = variationLetter(variation);
  const seen = preview.data;
  const looking = preview.isPlaceholderData || preview.isLoading;
  const blocked = looking || preview.error !== null || (seen?.blockers.length ?? 0) > 0;
  const change = (part: Partial<LandChoice>): void => {
    landing.reset();
    setChoice((before) => ({ ...before, ...part }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!blocked && !landing.isPending) landing.mutate();
  };

  return (
    <Dialog
      title={
        <>
          <Letter variation={variation} className="size-6 text-meta" /> Land {letter}
        </>
      }
      description="Its work becomes a commit by you, with the agent named in it. You can land again, and elsewhere."
      onClose={onClose}
      footer={
        <>
          <Downloads runId={run.runId} variation={variation} />
          <Button kind="quiet" onClick={onClose}>
            {landing.data === undefined ? "Not now" : "Done"}
          </Button>
          {landing.data === undefined && (
            <Button kind="primary" type="submit" form="land" disabled={blocked || landing.isPending}>
              {landing.isPending ? "Landing…" : `Land ${letter}`}
            </Button>
          )}
        </>
      }
    >
      <form id="land" onSubmit={submit} className="grid grid-cols-1 gap-4">
        <LandWays kind={choice.kind} ways={seen?.ways} onChange={(kind) => change({ kind, rebase: false, update: false })} />
        {landing.data === undefined ? (
          <>
            <LandOptions run={run} choice={choice} preview={seen?.kind === choice.kind ? seen : undefined} onChange={change} />
            <LandPreview preview={seen?.kind === choice.kind ? seen : undefined} problem={preview.error} looking={looking} />
          </>
        ) : (
          <LandOutcome landing={landing.data} />
        )}
        {landing.error !== null && (
          <p role="alert" className="rounded-md border border-bad/50 px-3 py-2 text-bad [overflow-wrap:anywhere]">
            {problemFrom(landing.error).detail}
          </p>
        )}
      </form>
    </Dialog>
  );
}

function Downloads({ runId, variation }: { runId: string; variation: number }): ReactElement {
  const paths = downloadPaths(runId, variation);
  return (
    <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2.5 text-meta text-muted">
      Download
      {(["patch", "zip", "tar"] as const).map((name) => (
        <a key={name} href={paths[name]} download className="text-text underline">
          {name === "tar" ? "tar.gz" : name}
        </a>
      ))}
    </span>
  );
}
