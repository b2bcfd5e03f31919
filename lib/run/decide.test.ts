import { describe, expect, it } from "vitest";
import type { RunCommand } from "./commands";
import { type Decision, decideRun } from "./decide";
import type { NewRunEvent } from "./events";
import { reduceRun } from "./reduce";
import { emptyRun, type RunState } from "./state";

const runId = "testrun000001";

function apply(state: RunState, events: readonly NewRunEvent[]): RunState {
  return reduceRun(
    state,
    events.map((event, index) => ({ runId, seq: state.lastSeq + 1 + index, ...event })),
  );
}

function start(variations: number): RunState {
  const specs = Array.from({ length: variations }, () => ({ agent: "builtin", model: "demo" }));
  const created = { type: "run.created" as const, prompt: "p", projectId: "p", repositoryUrl: "u", repositoryName: "n", variations: specs };
  return apply(emptyRun(runId), [{ at: 1, event: created }]);
}

function types(decision: Decision): string[] {
  return "events" in decision ? decision.events.map(({ event }) => event.type) : [`rejected: ${decision.rejected.code}`];
}

/** Carries out commands one after the other; what each led to. */
function play(state: RunState, ...commands: RunCommand[]): { state: RunState; said: string[][] } {
  const said: string[][] = [];
  let now = state;
  for (const command of commands) {
    const decision = decideRun(now, command, 5);
    said.push(types(decision));
    if ("events" in decision) now = apply(now, decision.events);
  }
  return { state: now, said };
}

const pin: RunCommand = { type: "run.pin_base", commit: "c", submodules: 0, lfsPointers: 0 };
const begin = (variation: number): RunCommand[] => [
  { type: "variation.prepare", variation },
  { type: "variation.start", variation, attempt: 0, executor: "local", sandbox: "s" },
];
const finish = (variation: number, kind: "completed" | "failed" | "cancelled"): RunCommand => ({
  type: "variation.finish",
  variation,
  attempt: 0,
  outcome: kind === "failed" ? { kind, failure: { code: "agent_error", message: "m", remedy: "r" } } : { kind },
});

describe("decideRun", () => {
  it("ends an attempt exactly once, whoever comes second", () => {
    const { said } = play(start(1), pin, ...begin(0), finish(0, "completed"), finish(0, "failed"));
    expect(said.slice(-2)).toEqual([["variation.completed"], []]);
  });

  it("calls an attempt that was asked to stop cancelled, however its process ended", () => {
    const { said } = play(start(1), pin, ...begin(0), { type: "variation.stop", variation: 0 }, finish(0, "failed"));
    expect(said.slice(-2)).toEqual([["variation.stop_requested"], ["variation.cancelled"]]);
  });

  it("ends a queued variation at once when it is stopped", () => {
    expect(play(start(2), { type: "variation.stop", variation: 1 }).said).toEqual([["variation.stop_requested", "variation.cancelled"]]);
  });

  it("refuses to stop what has ended", () => {
    const { said } = play(start(1), pin, ...begin(0), finish(0, "completed"), { type: "variation.stop", variation: 0 });
    expect(said.at(-1)).toEqual(["rejected: conflict"]);
  });

  it.each([
    [["completed", "failed"], "run.completed"],
    [["failed", "failed"], "run.failed"],
    [["cancelled", "failed"], "run.cancelled"],
    [["cancelled", "completed"], "run.completed"],
  ] as const)("settles %j as %s", (outcomes, end) => {
    const { said } = play(
      start(2),
      pin,
      ...begin(0),
      ...begin(1),
      finish(0, outcomes[0]),
      { type: "run.settle" },
      finish(1, outcomes[1]),
      { type: "run.settle" },
      { type: "run.settle" },
    );
    expect(said.slice(-4)).toEqual([[], [expect.stringContaining("variation.")], [end], []]);
  });

  it("does not start a run again that was stopped while its repository was fetched", () => {
    const { said, state } = play(start(2), { type: "run.stop" }, { type: "run.settle" }, pin);
    expect(said.at(-1)).toEqual([]);
    expect(state.status).toBe("cancelled");
  });

  it("fails every open variation with the run", () => {
    const failure = { code: "repository" as const, message: "m", remedy: "r" };
    const { said, state } = play(start(2), { type: "run.fail", failure });
    expect(said).toEqual([["variation.failed", "variation.failed", "run.failed"]]);
    expect(state.variations.map((variation) => variation.failure)).toEqual([failure, failure]);
  });

  it("opens an ended run again for another attempt, and only for what did not complete", () => {
    const retry = (variation: number): RunCommand => ({ type: "variation.retry", variation });
    const ended = play(start(3), pin, ...[0, 1, 2].flatMap(begin), finish(0, "completed"), finish(1, "failed"));
    const stopped = play(ended.state, { type: "variation.stop", variation: 2 }, finish(2, "cancelled"), { type: "run.settle" }).state;
    expect(stopped.status).toBe("completed");
    const { said, state } = play(stopped, retry(0), retry(1), retry(1), retry(9));
    expect(said).toEqual([["rejected: conflict"], ["variation.requeued"], ["rejected: conflict"], ["rejected: not_found"]]);
    expect(state).toMatchObject({ status: "running", stopRequested: false });
    expect(state.endedAt).toBeUndefined();
    expect(state.variations[1]).toMatchObject({ status: "queued", attempt: 1 });
    // An end that belongs to the attempt before is nobody's any more.
    expect(play(state, finish(1, "failed")).said).toEqual([[]]);
    const all = play(stopped, { type: "run.retry" }, { type: "run.retry" });
    expect(all.said).toEqual([["variation.requeued", "variation.requeued"], ["rejected: conflict"]]);
    expect(all.state.variations.map(({ status, attempt, stopRequested }) => [status, attempt, stopRequested])).toEqual([
      ["completed", 0, false],
      ["queued", 1, false],
      ["queued", 1, false],
    ]);
  });

  it("pauses and resumes a run that has not ended, and resumes only what was paused", () => {
    const pause: RunCommand = { type: "run.pause", until: 99, reason: "429" };
    const resume: RunCommand = { type: "run.resume" };
    const { said, state } = play(start(1), resume, pause, pause, resume, resume);
    expect(said).toEqual([[], ["run.paused"], ["run.paused"], ["run.resumed"], []]);
    const ended = play(state, { type: "run.stop" }, { type: "run.settle" }).state;
    expect(play(ended, pause, resume).said).toEqual([[], []]);
  });

  it("starts from the repository again when that was what failed", () => {
    const failure = { code: "repository" as const, message: "m", remedy: "r" };
    const { state } = play(start(1), { type: "run.fail", failure }, { type: "run.retry" });
    expect(state).toMatchObject({ status: "starting", failure: undefined });
    expect(play(state, pin).state).toMatchObject({ status: "running" });
  });

  it("takes 0 for a winner like any other and refuses an index that is not there", () => {
    const select = (winner: number): RunCommand => ({ type: "run.select", winner, branch: "b", commit: "c", by: "you" });
    const { said, state } = play(start(2), select(0), select(2));
    expect(said).toEqual([["selection.made"], ["rejected: not_found"]]);
    expect(state.selection?.winner).toBe(0);
  });
});
