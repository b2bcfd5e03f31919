import { describe, expect, it } from "vitest";
import type { RunCommand } from "./commands";
import { compositionAt, compositionOf } from "./composition";
import type { FileDecision } from "./composition-events";
import { decideRun } from "./decide";
import { type RunEvent, type RunEventBody, runEventSchema } from "./events";
import { reduceRun } from "./reduce";
import { emptyRun, type RunState } from "./state";
import { runCommits, runRefs } from "./trees";

const runId = "composerun0001";
const snapshot = { commit: "c1", tree: "t1", files: 1, added: 2, deleted: 0, variations: [0], lines: [2, 0], hand: 0 };
type Command<T extends RunCommand["type"]> = Extract<RunCommand, { type: T }>;
const create: Command<"composition.create"> = {
  type: "composition.create",
  id: "one",
  from: 0,
  sources: ["a1", null],
  snapshot,
  by: "you",
};
const change: Command<"composition.change"> = {
  type: "composition.change",
  number: 1,
  version: 1,
  snapshot: { ...snapshot, commit: "c2" },
  by: "you",
};
const choice = (row: string): FileDecision => ({ choices: [{ row, cluster: "x" }] });

function start(): RunState {
  const spec = { agent: "builtin", model: "demo" };
  const created: RunEventBody = {
    type: "run.created",
    prompt: "p",
    projectId: "p",
    repositoryUrl: "u",
    repositoryName: "n",
    variations: [spec, spec],
  };
  const pinned: RunEventBody = { type: "run.base_pinned", commit: "base", submodules: 0, lfsPointers: 0 };
  return reduceRun(
    emptyRun(runId),
    [created, pinned].map((event, at): RunEvent => ({ runId, seq: at + 1, at, event })),
  );
}

/** The state after these commands, what each of them said, and the log. */
function live(...commands: Parameters<typeof decideRun>[1][]) {
  let state = start();
  const said: (number | string)[] = [];
  const log: RunEvent[] = [];
  for (const [at, command] of commands.entries()) {
    const decision = decideRun(state, command, 100 + at);
    said.push("rejected" in decision ? decision.rejected.message : decision.events.length);
    const events = "events" in decision ? decision.events : [];
    const placed = events.map((event, index): RunEvent => ({ runId, seq: state.lastSeq + 1 + index, ...event }));
    log.push(...placed.map((event) => runEventSchema.parse(JSON.parse(JSON.stringify(event)))));
    state = reduceRun(state, placed);
  }
  return { state, said, log, composition: compositionOf(state.compositions, 1) };
}

describe("a composition in the log", () => {
  it("is made with its tree, once for one request", () => {
    const { state, said, log, composition } = live(create, create, { ...create, id: "two", name: "Second" });
    expect(said).toEqual([2, 0, 2]);
    expect(composition).toMatchObject({ number: 1, version: 1, from: 0, files: {}, snapshot: { commit: "c1", at: 100 }, deleted: false });
    expect(state.compositions.map(({ number, name }) => [number, name])).toEqual([
      [1, undefined],
      [2, "Second"],
    ]);
    // Replaying the log is having lived it.
    expect(reduceRun(start(), log)).toEqual(state);
    expect(reduceRun(state, log)).toBe(state);
  });

  it("is changed on the version that it has, and on no other", () => {
    const first = { ...change, files: { "a.ts": choice("1-2"), "b.ts": choice("3-4") } };
    const { said, composition } = live(create, first, first, { ...change, version: 2, files: { "a.ts": null }, from: null });
    expect(said.slice(0, 2)).toEqual([2, 2]);
    expect(said[2]).toMatch(/changed elsewhere.*version 2/);
    expect(composition).toMatchObject({ version: 3, from: null, files: { "b.ts": choice("3-4") }, snapshot: { commit: "c2" } });
    expect(Object.keys(composition?.files ?? {})).toEqual(["b.ts"]);
  });

  it("can say what it was at each version", () => {
    const { composition } = live(
      create,
      { ...change, files: { "a.ts": choice("1-2") } },
      { ...change, version: 2, files: { "a.ts": choice("5-6"), "b.ts": choice("3-4") }, sources: ["a2", "b1"] },
      { ...change, version: 3, from: 1 },
    );
    if (composition === undefined) throw new Error("no composition");
    expect(compositionAt(composition, 1)).toEqual({ from: 0, sources: ["a1", null], files: {} });
    expect(compositionAt(composition, 2)).toEqual({ from: 0, sources: ["a1", null], files: { "a.ts": choice("1-2") } });
    expect(compositionAt(composition, 3)).toMatchObject({ from: 0, sources: ["a2", "b1"], files: { "b.ts": choice("3-4") } });
    expect(compositionAt(composition, 4)).toMatchObject({ from: 1 });
    expect(compositionAt(composition, 5)).toBeUndefined();
  });

  it("is a head of the run's remote, and one of its commits", () => {
    const { state } = live(create, change);
    expect(runRefs(state)?.refs.get("refs/heads/composition-1")).toBe("c2");
    expect(runCommits(state).has("c2")).toBe(true);
  });

  it("can be the winner, which is not deleted; a deleted one's number is not given again", () => {
    const select = { type: "run.select", composition: 1, branch: "b", commit: "c1", by: "you" } as const;
    const remove = { type: "composition.delete", number: 1, by: "you" } as const;
    const { state, said } = live(create, select, remove, { ...select, composition: undefined, winner: 0 }, remove, select, {
      ...create,
      id: "two",
    });
    expect(said).toEqual([2, 1, expect.stringMatching(/is the winner/), 1, 1, "This run has no composition 1.", 2]);
    expect(state.selection).toMatchObject({ winner: 0 });
    expect(state.compositions.map(({ number, deleted }) => [number, deleted])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect([...(runRefs(state)?.refs.keys() ?? [])]).not.toContain("refs/heads/composition-1");
  });
});
