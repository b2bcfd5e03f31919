"use client";

import { type ReactElement, useEffect, useRef, useState } from "react";
import { modelName } from "@/components/run/spec-words";
import { SummaryItem } from "@/components/transcript/summary-item";
import { Transcript } from "@/components/transcript/transcript";
import { Button } from "@/components/ui/button";
import type { RunStore } from "@/lib/client/run-store";
import { useVariation } from "@/lib/client/use-run";
import type { Composition } from "@/lib/run/composition";
import type { Fit } from "@/lib/run/fit-state";
import { isTerminal, type RunState, type VariationStatus } from "@/lib/run/state";
import { FitReview } from "./fit-review";
import type { CompositionEditor } from "./use-composition";

interface FitViewProps {
  run: RunState;
  store: RunStore;
  composition: Composition;
  fit: Fit;
  editor: CompositionEditor;
  /** With the first file that was taken, where something was. */
  onClose: (path?: string) => void;
}

/** What an agent does to fit the composition together, and what it changed: in the place of the file at hand. */
export function FitView({ run, store, composition, fit, editor, onClose }: FitViewProps): ReactElement {
  const { work } = fit;
  const ended = isTerminal(work.status);
  const changed = ended && work.snapshot !== undefined && work.snapshot.tree !== fit.tree;
  const [chosen, setChosen] = useState<View>();
  const heading = useRef<HTMLHeadingElement>(null);
  // What was pressed to come here may be gone; on a narrow screen this is somewhere else on the page.
  useEffect(() => heading.current?.focus(), []);
  const view = chosen ?? (changed ? "Changes" : "Transcript");
  return (
    <section aria-labelledby="fit-title" className="flex min-h-0 min-w-0 flex-col">
      <div className="flex min-h-9 shrink-0 scroll-mt-2 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-4 py-1">
        <h2 id="fit-title" ref={heading} tabIndex={-1} className="min-w-0 truncate font-semibold outline-none">
          {titles[work.status]} <span className="font-normal text-muted">by {modelName(work.spec)}</span>
        </h2>
        <span className="flex-1" />
        <fieldset aria-label="Of the agent" className="inline-flex overflow-hidden rounded-md border border-line-strong">
          {views.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={view === one}
              disabled={one === "Changes" && !changed}
              onClick={() => setChosen(one)}
              className="h-6 px-2.5 text-meta text-muted focus-visible:-outline-offset-2 disabled:cursor-not-allowed disabled:opacity-50 aria-pressed:bg-hover aria-pressed:text-text"
            >
              {one}
            </button>
          ))}
        </fieldset>
        <Button kind="quiet" onClick={() => onClose()}>
          Close
        </Button>
      </div>
      {view === "Changes" && changed ? (
        <FitReview run={run} composition={composition} fit={fit} editor={editor} onDone={onClose} />
      ) : view === "Told" ? (
        <pre
          tabIndex={0}
          aria-label="What the agent was told"
          className="min-h-0 flex-1 overflow-auto whitespace-pre-wrap p-4 text-meta leading-relaxed"
        >
          {fit.task}
        </pre>
      ) : (
        <FitTranscript run={run} store={store} fit={fit} />
      )}
    </section>
  );
}

const titles: Record<VariationStatus, string> = {
  queued: "Fitting together",
  preparing: "Fitting together",
  running: "Fitting together",
  completed: "Fitted together",
  failed: "Not fitted together",
  cancelled: "Stopped",
};
const views = ["Changes", "Transcript", "Told"] as const;
type View = (typeof views)[number];

function FitTranscript({ run, store, fit }: Pick<FitViewProps, "run" | "store" | "fit">): ReactElement | null {
  const work = useVariation(store, fit.index);
  if (work === undefined) return null;
  return (
    <div className="flex min-h-0 flex-1 flex-col [--v:var(--text)] max-[900px]:h-[60vh] max-[900px]:flex-none">
      <Transcript variation={work} name="the agent that fits it together" runStatus={run.status}>
        {work.status === "completed" && <SummaryItem variation={work} name="the agent" />}
        {work.status === "cancelled" && <p className="text-meta text-muted">Stopped. What it changed until then is kept.</p>}
      </Transcript>
    </div>
  );
}
