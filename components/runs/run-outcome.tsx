import type { ReactElement } from "react";
import { Letter } from "@/components/variation/letter";
import type { RunSummary } from "@/lib/protocol/http";

/** True while the run can still change by itself. */
export function isLive({ status }: Pick<RunSummary, "status">): boolean {
  return status === "starting" || status === "running";
}

/** What came of a run: the winner's letter, or a word. */
export function RunOutcome({ run }: { run: RunSummary }): ReactElement {
  if (run.winning_variation_id !== null) {
    return (
      <span className="inline-flex" title="Winner">
        <span className="sr-only">winner </span>
        <Letter variation={run.winning_variation_id} />
      </span>
    );
  }
  // Rows from before there were compositions say nothing of them.
  if (run.winning_composition) {
    return (
      <span className="inline-flex" title={`Winner: composition ${run.winning_composition}`}>
        <span className="sr-only">winner </span>
        <span className="rounded bg-hover px-1.5 font-mono font-semibold text-[11px] leading-[18px]">
          <span className="sr-only">composition </span>
          <span aria-hidden="true">⊕</span>
          {run.winning_composition}
        </span>
      </span>
    );
  }
  switch (run.status) {
    case "starting":
    case "running":
      // Rows from before there was a pause in them have none.
      if (run.paused) {
        return (
          <span className="text-warn" title={run.paused.reason}>
            paused
          </span>
        );
      }
      return (
        <span className="inline-flex items-center gap-1.5">
          <span className="size-[7px] animate-pulse-dot rounded-full bg-muted" aria-hidden="true" />
          running
        </span>
      );
    case "completed":
      return <span className="text-warn">undecided</span>;
    case "failed":
      return <span className="text-bad">failed</span>;
    case "cancelled":
      return <span className="text-muted">cancelled</span>;
  }
}
