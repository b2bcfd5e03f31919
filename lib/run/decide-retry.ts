import type { Decision } from "./decide";
import type { NewRunEvent } from "./events";
import { variationLetter } from "./select";
import { isTerminal, type RunState, type VariationState } from "./state";

/** A fresh attempt of one variation that failed or was stopped; one that works, waits or completed is not started anew. */
export function retryVariation(variation: VariationState, at: number): Decision {
  const letter = variationLetter(variation.index);
  if (!isTerminal(variation.status)) {
    return { rejected: { code: "conflict", message: `Variation ${letter} has not ended: stop it first.` } };
  }
  if (variation.status === "completed") {
    return { rejected: { code: "conflict", message: `Variation ${letter} completed: start a new run to have it done again.` } };
  }
  return { events: [requeued(variation, at)] };
}

/** A fresh attempt of every variation that failed or was stopped. */
export function retryRun(state: RunState, at: number): Decision {
  const again = state.variations.filter(({ status }) => status === "failed" || status === "cancelled");
  if (again.length === 0) return { rejected: { code: "conflict", message: "No variation of this run failed or was stopped." } };
  return { events: again.map((variation) => requeued(variation, at)) };
}

/** Events, spool, token and cursor belong to an attempt: from here on the next one's number stands on everything. */
function requeued({ index, attempt }: VariationState, at: number): NewRunEvent {
  return { at, variation: index, attempt: attempt + 1, event: { type: "variation.requeued" } };
}
