"use client";

import { type FormEvent, type ReactElement, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Letter } from "@/components/variation/letter";
import { problemFrom } from "@/lib/client/api";
import type { LandPreviewResponse } from "@/lib/protocol/landing";
import { isSelected, sourceName } from "@/lib/run/select";
import type { RunState, TreeSource } from "@/lib/run/state";
import { EarlierLandings } from "./earlier-landings";
import { LandDownload } from "./land-download";
import { LandOptions } from "./land-options";
import { LandOutcome } from "./land-outcome";
import { LandPreview } from "./land-preview";
import { LandWays, wayDetails } from "./land-ways";
import type { LandWay } from "./land-words";
import { firstChoice, type LandChoice, requestOf, useLanding } from "./use-landing";

interface LandDialogProps {
  run: RunState;
  /** The variation or the composition. */
  what: TreeSource;
  /** What was chosen while selecting. */
  way?: LandWay;
  /** It was chosen and confirmed a moment ago: where nothing speaks against it, it is done without another question. */
  atOnce?: boolean;
  onClose: () => void;
}

/** Brings one variation's or composition's tree to where the person works: what is possible here, what it would meet, and what came of it. */
export function LandDialog({ run, what, way = "branch", atOnce = false, onClose }: LandDialogProps): ReactElement {
  const [choice, setChoice] = useState<LandChoice>(() => firstChoice(way));
  const { preview, landing } = useLanding(run.runId, requestOf(isSelected(run, what) ? undefined : what, choice));
  const letter = sourceName(what);
  const downloads = choice.kind === "download";
  const fits = preview.data?.kind === choice.kind || downloads;
  const seen = fits ? preview.data : undefined;
  const looking = preview.isPlaceholderData || preview.isLoading;
  const blocked = looking || preview.error !== null || (seen?.blockers.length ?? 0) > 0;
  const [asks, setAsks] = useState(!atOnce);
  // Unless something is to be decided after all.
  const quick = !asks && landing.error === null && (looking || !blocked || !landing.isIdle);
  const begun = useRef(false);
  useEffect(() => {
    if (!quick || begun.current || blocked) return;
    begun.current = true;
    landing.mutate();
  }, [quick, blocked, landing]);
  const change = (part: Partial<LandChoice>): void => {
    landing.reset();
    setChoice((before) => ({ ...before, ...part }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!downloads && !blocked && !landing.isPending) landing.mutate();
  };

  return (
    <Dialog
      title={
        <>
          {what.winner !== undefined && <Letter variation={what.winner} className="size-6 text-meta" />} Land {letter}
        </>
      }
      description="Its work becomes a commit by you, with the agent named in it. You can land again, and elsewhere."
      onClose={onClose}
      footer={
        <>
          <span className="min-w-0 flex-1" />
          <Button kind="quiet" onClick={onClose}>
            {landing.data === undefined && !downloads ? "Not now" : "Done"}
          </Button>
          {landing.data !== undefined && (
            <Button
              onClick={() => {
                setAsks(true);
                landing.reset();
              }}
            >
              Land elsewhere
            </Button>
          )}
          {landing.data === undefined && !downloads && (
            <Button kind="primary" type="submit" form="land" disabled={blocked || landing.isPending} data-first-focus="">
              {landing.isPending ? "Landing…" : landLabel(letter, seen)}
            </Button>
          )}
        </>
      }
    >
      <form id="land" onSubmit={submit} className="grid grid-cols-1 gap-4">
        {!quick && (
          <LandWays
            legend="Where to?"
            kind={choice.kind}
            ways={preview.data?.ways}
            details={wayDetails(run, preview.data)}
            onChange={(kind) => change({ kind, rebase: false, update: false })}
          />
        )}
        {quick && landing.data === undefined && (
          <p role="status" className="text-muted">
            Keeping the branch…
          </p>
        )}
        {downloads && <LandDownload run={run} what={what} preview={seen} />}
        {!quick && !downloads && landing.data === undefined && (
          <>
            <LandOptions run={run} choice={choice} preview={seen} onChange={change} />
            <LandPreview preview={seen} problem={preview.error} looking={looking} onLook={() => void preview.refetch()} />
          </>
        )}
        {!downloads && landing.data !== undefined && <LandOutcome landing={landing.data} />}
        {landing.error !== null && (
          <p role="alert" className="rounded-md border border-bad/50 px-3 py-2 text-bad [overflow-wrap:anywhere]">
            {problemFrom(landing.error).detail}
          </p>
        )}
        <EarlierLandings run={run} except={landing.data?.id} />
      </form>
    </Dialog>
  );
}

/** A merge is named before it is made. */
function landLabel(letter: string, preview: LandPreviewResponse | undefined): string {
  return preview?.kind === "checkout" && preview.rebases && preview.moved !== null ? `Merge and land ${letter}` : `Land ${letter}`;
}
