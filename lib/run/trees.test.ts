import { describe, expect, it } from "vitest";
import type { RunEventBody } from "./events";
import { reduceRun } from "./reduce";
import { emptyRun, type RunState } from "./state";
import { runCommits, runRefs } from "./trees";

const runId = "treesrun000001";

/** Variation 0 does all the work. */
function runAfter(...bodies: RunEventBody[]): RunState {
  const ofVariation = /^(snapshot|variation)\./;
  const spec = { agent: "builtin", model: "demo" };
  const created: RunEventBody = {
    type: "run.created",
    prompt: "p",
    projectId: "p",
    repositoryUrl: "u",
    repositoryName: "n",
    variations: [spec, spec],
  };
  const events = [created, ...bodies].map((event, index) => ({
    runId,
    seq: index + 1,
    at: 1,
    ...(ofVariation.test(event.type) ? { variation: 0, attempt: 0 } : {}),
    event,
  }));
  return reduceRun(emptyRun(runId), events);
}

const base: RunEventBody = { type: "run.base_pinned", commit: "base", submodules: 0, lfsPointers: 0 };
const snapshot = (commit: string, reason: "tool" | "final"): RunEventBody => {
  return { type: "snapshot.taken", commit, tree: `tree-${commit}`, reason, files: 1, added: 1, deleted: 0 };
};
const refsOf = (run: RunState) => Object.fromEntries(runRefs(run)?.refs ?? []);

describe("the refs of a run", () => {
  it("are none before there is a base, and the base before there is work", () => {
    expect(runRefs(runAfter())).toBeUndefined();
    expect(refsOf(runAfter(base))).toEqual({ "refs/heads/a": "base", "refs/heads/b": "base" });
  });

  it("follow the last snapshot; only the end of a turn gets a tag, which never moves, not even by a retry on a fresh tree", () => {
    const first = [base, snapshot("one", "tool"), snapshot("two", "final")];
    const ended = { "refs/heads/b": "base", "refs/tags/a/turn-1": "two" };
    expect(refsOf(runAfter(...first))).toEqual({ ...ended, "refs/heads/a": "two" });
    const again = [...first, { type: "variation.requeued" } as const];
    expect(refsOf(runAfter(...again))).toEqual({ ...ended, "refs/heads/a": "base" });
    const twice = runAfter(...again, snapshot("three", "final"));
    expect(refsOf(twice)).toEqual({ ...ended, "refs/heads/a": "three", "refs/tags/a/turn-2": "three" });
    expect([...runCommits(twice)]).toEqual(["base", "one", "two", "three"]);
  });

  it("name the winner, and a clone checks it out", () => {
    const selected: RunEventBody = { type: "selection.made", winner: 0, branch: "aideator/x", commit: "two", by: "someone" };
    const run = runAfter(base, snapshot("two", "final"), selected);
    expect(refsOf(run)["refs/heads/winner"]).toBe("two");
    expect([runRefs(runAfter(base))?.head, runRefs(run)?.head]).toEqual(["refs/heads/a", "refs/heads/winner"]);
  });
});
