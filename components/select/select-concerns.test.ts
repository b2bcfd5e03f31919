import { describe, expect, it } from "vitest";
import type { RunState, VariationState } from "@/lib/run/state";
import { selectConcerns } from "./select-concerns";

const mark = (reason: "tool" | "final") => ({ seq: 1, at: 1, attempt: 0, commit: "c1", tree: "t", reason });
const variation = (part: Partial<VariationState> = {}): VariationState =>
  ({
    index: 0,
    status: "completed",
    snapshot: { commit: "c1", tree: "t", reason: "final", files: 2, added: 3, deleted: 1 },
    snapshots: [mark("final")],
    files: {},
    ...part,
  }) as VariationState;
const selection = (winner: number, commit = "c1"): Pick<RunState, "selection"> => ({
  selection: { winner, commit, branch: "b", by: "you", at: 1 },
});
const titles = (run: Pick<RunState, "selection">, one: VariationState): string[] =>
  selectConcerns(run, one).map(({ tone, title }) => `${tone}: ${title}`);

describe("selectConcerns", () => {
  it("has none for a variation that completed, the first one too", () => {
    expect(selectConcerns({}, variation())).toEqual([]);
    expect(selectConcerns(selection(0), variation())).toEqual([]);
  });

  it("names failure, a stop, no changes and an early snapshot", () => {
    expect(titles({}, variation({ status: "failed" }))).toEqual(["bad: A failed"]);
    expect(titles({}, variation({ status: "cancelled", index: 1 }))).toEqual(["bad: B was stopped"]);
    expect(titles({}, variation({ snapshot: undefined, snapshots: [] }))).toEqual(["bad: A changed nothing"]);
    const nothing = { commit: "c1", tree: "t", reason: "final" as const, files: 0, added: 0, deleted: 0 };
    expect(titles({}, variation({ snapshot: nothing }))).toEqual(["bad: A changed nothing"]);
    expect(titles({}, variation({ snapshots: [mark("tool")] }))).toEqual(["warn: The last snapshot is not of its end"]);
    expect(titles({}, variation({ status: "running", snapshots: [mark("tool")] }))).toEqual(["warn: A is still working"]);
  });

  it("says whose place is taken, winner 0 as well, and that a winner moved on; the worst first", () => {
    expect(titles(selection(0), variation({ index: 1, status: "failed" }))).toEqual(["bad: B failed", "warn: A is the winner so far"]);
    expect(titles(selection(0, "c0"), variation())).toEqual(["warn: A has changed since it was selected"]);
  });
});
