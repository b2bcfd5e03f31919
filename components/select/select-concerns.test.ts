import { describe, expect, it } from "vitest";
import { CHECKED_RUN_ID, checkedFive } from "@/lib/run/__fixtures__/checked-five";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun, type RunState, type VariationState } from "@/lib/run/state";
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
const run = emptyRun("run");
const selection = (winner: number, commit = "c1"): RunState => ({
  ...run,
  selection: { winner, commit, branch: "b", by: "you", at: 1 },
});
const titles = (state: RunState, one: VariationState): string[] => selectConcerns(state, one).map(({ tone, title }) => `${tone}: ${title}`);

describe("selectConcerns", () => {
  it("has none for a variation that completed, the first one too", () => {
    expect(selectConcerns(run, variation())).toEqual([]);
    expect(selectConcerns(selection(0), variation())).toEqual([]);
  });

  it("names failure, a stop, no changes and an early snapshot", () => {
    expect(titles(run, variation({ status: "failed" }))).toEqual(["bad: A failed"]);
    expect(titles(run, variation({ status: "cancelled", index: 1 }))).toEqual(["bad: B was stopped"]);
    expect(titles(run, variation({ snapshot: undefined, snapshots: [] }))).toEqual(["bad: A changed nothing"]);
    const nothing = { commit: "c1", tree: "t", reason: "final" as const, files: 0, added: 0, deleted: 0 };
    expect(titles(run, variation({ snapshot: nothing }))).toEqual(["bad: A changed nothing"]);
    expect(titles(run, variation({ snapshots: [mark("tool")] }))).toEqual(["warn: The last snapshot is not of its end"]);
    expect(titles(run, variation({ status: "running", snapshots: [mark("tool")] }))).toEqual(["warn: A is still working"]);
  });

  it("says whose place is taken, winner 0 as well, and that a winner moved on; the worst first", () => {
    expect(titles(selection(0), variation({ index: 1, status: "failed" }))).toEqual(["bad: B failed", "warn: A is the winner so far"]);
    expect(titles(selection(0, "c0"), variation())).toEqual(["warn: A has changed since it was selected"]);
  });
});

describe("selectConcerns of checks", () => {
  const checked = reduceRun(emptyRun(CHECKED_RUN_ID), checkedFive());
  const of = (index: number, state = checked) => selectConcerns(state, state.variations[index] ?? variation());

  it("names the tests of the base that a variation breaks", () => {
    expect(of(2)).toEqual([
      {
        tone: "bad",
        title: "C breaks a test that passes on the base",
        text: "Retry-After > waits as long as Retry-After says (test/retry.test.ts).",
      },
      { tone: "bad", title: "C fails what passes on the base", text: "Lint and Tests." },
    ]);
  });

  it("has none for one that passes, nor for what was skipped or never came to a verdict", () => {
    expect(of(0)).toEqual([]);
    expect(of(1)).toEqual([]);
  });

  it("says that checks are still to come", () => {
    expect(of(3)).toEqual([{ tone: "warn", title: "The checks of D are still running", text: "One of them has not ended." }]);
    expect(of(4).map(({ title }) => title)).toEqual(["E fails what passes on the base", "The checks of E are still running"]);
  });

  it("says that they are of an older state", () => {
    const event = {
      type: "snapshot.taken",
      commit: "f".repeat(40),
      tree: "f".repeat(40),
      reason: "final",
      files: 1,
      added: 1,
      deleted: 0,
    } as const;
    const later = reduceRun(checked, [{ runId: CHECKED_RUN_ID, seq: checked.lastSeq + 1, at: 0, variation: 2, attempt: 0, event }]);
    expect(of(2, later).map(({ title }) => title)).toEqual(["The checks of C are of an older state"]);
  });
});
