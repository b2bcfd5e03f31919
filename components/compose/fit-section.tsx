"use client";

import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { Elapsed } from "@/components/run/elapsed";
import { FailureCard } from "@/components/run/failure-card";
import { modelName } from "@/components/run/spec-words";
import { StateBadge } from "@/components/run/state-badge";
import { Button } from "@/components/ui/button";
import { discardFit, stopFit } from "@/lib/client/fit-api";
import type { RunStore } from "@/lib/client/run-store";
import { useVariation } from "@/lib/client/use-run";
import { formatSpent } from "@/lib/format";
import type { Composition } from "@/lib/run/composition";
import { type Fit, fitOf } from "@/lib/run/fit-state";
import { isTerminal, type RunState, type VariationState } from "@/lib/run/state";
import { FitForm } from "./fit-form";
import type { CompositionEditor } from "./use-composition";

interface FitSectionProps {
  run: RunState;
  store: RunStore;
  composition: Composition;
  editor: CompositionEditor;
  /** Its process, or what it changed, is shown in the middle. */
  open: boolean;
  onOpen: (open: boolean) => void;
  /** Files of the composition that no variation changed: only an agent has. */
  beyond: readonly string[];
  onFile: (path: string) => void;
}

/** Takes the focus when what is about the fit goes away. */
export const FIT_HEADING = "composition-fit";

/** An agent that fits the composition together: asking one, seeing it work, and what it left. */
export function FitSection({ run, store, composition, editor, open, onOpen, beyond, onFile }: FitSectionProps): ReactElement {
  const fit = fitOf(run, composition.number);
  const [asking, setAsking] = useState(false);
  const current = fit?.decision === undefined ? fit : undefined;
  return (
    <section aria-labelledby={FIT_HEADING} className="grid gap-2 border-line border-b px-4 py-3 text-meta">
      <h3 id={FIT_HEADING} tabIndex={-1} className="font-semibold outline-none">
        Fit it together
      </h3>
      {current !== undefined ? (
        <FitStatus run={run} store={store} fit={current} open={open} onOpen={onOpen} onAgain={() => setAsking(true)} />
      ) : (
        <LastFit fit={fit} />
      )}
      {asking ? (
        <FitForm
          run={run}
          composition={composition}
          editor={editor}
          onAsked={() => {
            setAsking(false);
            onOpen(true);
          }}
          onCancel={() => setAsking(false)}
        />
      ) : (
        current === undefined && (
          <>
            <Beyond files={beyond} onFile={onFile} />
            <Button size="medium" onClick={() => setAsking(true)}>
              Ask an agent to fit it together…
            </Button>
            <p className="text-muted">It is told what conflicts and what fails. You see what it changed before any of it is taken.</p>
          </>
        )
      )}
    </section>
  );
}

function Beyond({ files, onFile }: { files: readonly string[]; onFile: (path: string) => void }): ReactElement | null {
  if (files.length === 0) return null;
  return (
    <div>
      <h4 className="text-muted">Changed by an agent only</h4>
      <ul>
        {files.map((path) => (
          <li key={path}>
            <button type="button" onClick={() => onFile(path)} className="max-w-full truncate rounded py-0.5 font-mono hover:underline">
              {path}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function LastFit({ fit }: { fit: Fit | undefined }): ReactElement | null {
  if (fit?.decision === undefined) return null;
  const { decision, work } = fit;
  const files = decision.kind === "taken" ? decision.paths.length : 0;
  return (
    <p role="status" className="text-muted">
      {decision.kind === "taken"
        ? `Taken: what ${modelName(work.spec)} changed in ${files === 1 ? "1 file" : `${files} files`}`
        : "Discarded"}{" "}
      <span className="tabular-nums">({formatSpent(work.usage)})</span>
    </p>
  );
}

interface FitStatusProps extends Pick<FitSectionProps, "run" | "store" | "open" | "onOpen"> {
  fit: Fit;
  onAgain: () => void;
}

function FitStatus({ run, store, fit, open, onOpen, onAgain }: FitStatusProps): ReactElement | null {
  const work = useVariation(store, fit.index);
  const discarding = useMutation({ mutationFn: () => discardFit(run.runId, fit.number), onSuccess: () => onOpen(false) });
  if (work === undefined) return null;
  const { status, startedAt, endedAt, usage, spec, failure, summary } = work;
  const ended = isTerminal(status);
  const changed = ended && work.snapshot !== undefined && work.snapshot.tree !== fit.tree;
  return (
    <>
      <div className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1 text-muted tabular-nums [--v:var(--text)]">
        <StateBadge variation={work} />
        <span className="min-w-0 truncate">{modelName(spec)}</span>
        <span className="flex-1" />
        <Elapsed from={startedAt} to={endedAt} />
        <span title={usage.unpriced && "No price is known for some of its calls."}>{formatSpent(usage)}</span>
      </div>
      <p role="status" className="sr-only">
        {ended ? "The agent has ended." : "An agent fits the composition together."}
      </p>
      {!ended && <LatestDoing work={work} />}
      {failure !== undefined && <FailureCard failure={failure} />}
      {ended && failure === undefined && (
        <p className="text-muted [overflow-wrap:anywhere]">
          {changed ? (summary ?? "It changed something.") : `It changed nothing.${summary === undefined ? "" : ` ${summary}`}`}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button kind={changed && !open ? "primary" : "plain"} aria-expanded={open} onClick={() => onOpen(!open)}>
          {open ? "Back to the files" : changed ? "Review what it changed" : "Show its transcript"}
        </Button>
        {!ended && <Stop runId={run.runId} work={work} number={fit.number} />}
        {ended && !changed && (
          <>
            <Button disabled={discarding.isPending} onClick={() => discarding.mutate()}>
              Dismiss
            </Button>
            <Button kind="quiet" onClick={onAgain}>
              Ask again…
            </Button>
          </>
        )}
      </div>
      {discarding.error !== null && (
        <p role="alert" className="text-bad">
          {discarding.error.message}
        </p>
      )}
    </>
  );
}

function Stop({ runId, work, number }: { runId: string; work: VariationState; number: number }): ReactElement {
  const stopping = useMutation({ mutationFn: () => stopFit(runId, number) });
  return (
    <Button aria-label="Stop the agent" disabled={stopping.isPending || work.stopRequested} onClick={() => stopping.mutate()}>
      {stopping.isPending || work.stopRequested ? "Stopping…" : "Stop"}
    </Button>
  );
}

const doing: Record<string, string> = {
  queued: "Waiting for its turn.",
  preparing: "A sandbox with the composition’s tree is being made.",
  running: "It has started.",
};

/** The tool that it uses or used last; always one line, so that nothing below it moves. */
function LatestDoing({ work: { items, status } }: { work: VariationState }): ReactElement {
  const tool = items.findLast((item) => item.kind === "tool");
  return (
    <p className="truncate font-mono text-muted" title={tool?.kind === "tool" ? `${tool.tool} ${tool.title}` : undefined}>
      {tool?.kind === "tool"
        ? `${tool.finished === undefined ? "▸" : tool.finished.ok ? "✓" : "✗"} ${tool.tool} ${tool.title}`
        : (doing[status] ?? "")}
    </p>
  );
}
