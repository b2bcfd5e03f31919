import type { Decision } from "./decide";
import { requeued } from "./decide-messages";
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
  return { events: [again(variation, at)] };
}

/** A fresh attempt of every variation that failed or was stopped. */
export function retryRun(state: RunState, at: number): Decision {
  const ended = state.variations.filter(({ status }) => status === "failed" || status === "cancelled");
  if (ended.length === 0) return { rejected: { code: "conflict", message: "No variation of this run failed or was stopped." } };
  return { events: ended.map((variation) => again(variation, at)) };
}

/** A follow-up is repeated as one: the same messages, from the tree that it began with. */
function again(variation: VariationState, at: number): NewRunEvent {
  const { continues } = variation;
  return requeued(variation, at, continues && { commit: continues.snapshot?.commit, messages: [...continues.messages] });
}
