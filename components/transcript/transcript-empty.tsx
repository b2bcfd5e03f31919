import type { ReactElement } from "react";
import type { RunStatus, VariationState } from "@/lib/run/state";

/** What is going on in a pane that has nothing to show yet. */
export function TranscriptEmpty({ variation, runStatus }: { variation: VariationState; runStatus: RunStatus }): ReactElement {
  return <p className="text-meta text-muted leading-relaxed">{sentence(variation, runStatus)}</p>;
}

function sentence({ status, queuePosition, failure }: VariationState, runStatus: RunStatus): string {
  switch (status) {
    case "queued":
      if (runStatus === "starting") return "Waiting for the repository: it is being fetched and its base commit is looked up.";
      if (queuePosition === undefined) return "Queued: it starts as soon as there is room.";
      return `Queued: number ${queuePosition} in line. It starts when a running variation ends.`;
    case "preparing":
      return "Preparing: a fresh tree of the base commit and a sandbox are being made.";
    case "running":
      return "The agent has started. Its first words come as soon as the model answers.";
    case "completed":
      return "The agent ended without saying or doing anything.";
    case "failed":
      return failure === undefined ? "The agent failed before it said anything." : "It failed before the agent said anything.";
    case "cancelled":
      return "Stopped before the agent said anything.";
  }
}
