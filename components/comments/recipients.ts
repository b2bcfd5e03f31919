import { isTerminal, type RunState } from "@/lib/run/state";

/** Whom a message is for until somebody chooses: whoever works, or else everybody. */
export function recipientsOf(run: Pick<RunState, "variations">, chosen: readonly number[] | undefined): readonly number[] {
  if (chosen !== undefined) return chosen.filter((index) => run.variations[index] !== undefined);
  const live = run.variations.filter(({ status }) => !isTerminal(status));
  return (live.length > 0 ? live : run.variations).map(({ index }) => index);
}
