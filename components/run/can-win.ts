import type { RunState, VariationState } from "@/lib/run/state";

/** Whether it is the winner; `changed`: it is, and has gone on since it was selected. */
export type Winner = "no" | "yes" | "changed";

/** See `Winner`. */
export function winnerOf(
  { selection }: Pick<RunState, "selection">,
  { index, snapshot }: Pick<VariationState, "index" | "snapshot">,
): Winner {
  if (selection?.winner !== index) return "no";
  return snapshot === undefined || snapshot.commit === selection.commit ? "yes" : "changed";
}

/** True where selecting is the next thing to do: it completed, and nothing is selected yet. Others can be selected all the same. */
export function canWin({ selection }: Pick<RunState, "selection">, { status }: Pick<VariationState, "status">): boolean {
  return status === "completed" && selection === undefined;
}
