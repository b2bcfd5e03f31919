import type { RunState, VariationState } from "@/lib/run/state";

/** True where selecting is the next thing to do: it completed, and nothing is selected yet. Others can be selected all the same. */
export function canWin({ selection }: Pick<RunState, "selection">, { status }: Pick<VariationState, "status">): boolean {
  return status === "completed" && selection === undefined;
}
