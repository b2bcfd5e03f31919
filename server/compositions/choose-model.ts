import type { Composition } from "@/lib/run/composition";
import type { RunState } from "@/lib/run/state";
import { AppError } from "../app-error";

/** The variation whose agent, model and limits a fit has: of those with this model (absent: of all) the one that gave most to the composition. */
export function chooseModel({ variations }: RunState, { snapshot, from }: Composition, model: string | undefined): number {
  const fitting = variations.filter(({ spec }) => model === undefined || spec.model === model);
  const gave = (index: number): number => (snapshot?.lines[index] ?? 0) + (index === from ? 0.5 : 0);
  const [most] = fitting.toSorted((one, other) => gave(other.index) - gave(one.index));
  if (most !== undefined) return most.index;
  const models = [...new Set(variations.map(({ spec }) => spec.model))].join(", ");
  throw new AppError("bad_request", `This run has no model "${model}".`, [
    { field: "model", message: `Give one of its line-up: ${models}.` },
  ]);
}
