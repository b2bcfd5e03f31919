import { expect, it } from "vitest";
import { decideRun } from "./decide";
import type { NewRunEvent, RunEvent } from "./events";
import type { LandingOutcome } from "./landing-events";
import { reduceRun } from "./reduce";
import { emptyRun, type RunState } from "./state";

const runId = "landingrun0001";
const outcome: LandingOutcome = { commit: "c", parent: "p", place: "acme/shop", next: "git fetch", notes: [] };
const begin = { type: "run.land", kind: "push", source: 1, requestHash: "h", by: "you" } as const;

function after(state: RunState, events: readonly NewRunEvent[]): RunState {
  return reduceRun(
    state,
    events.map((event, at): RunEvent => ({ runId, seq: state.lastSeq + 1 + at, ...event })),
  );
}

/** The state after these commands, and how many events they gave. */
function live(...commands: Parameters<typeof decideRun>[1][]): { state: RunState; said: (number | string)[] } {
  let state = emptyRun(runId);
  const said: (number | string)[] = [];
  for (const [at, command] of commands.entries()) {
    const decision = decideRun(state, command, at);
    said.push("rejected" in decision ? decision.rejected.message : decision.events.length);
    if ("events" in decision) state = after(state, decision.events);
  }
  return { state, said };
}

it("lands one at a time, and each has one end", () => {
  const failure = { code: "landing" as const, message: "m", remedy: "r" };
  const { state, said } = live(
    { ...begin, id: "one" },
    { ...begin, id: "one" },
    { ...begin, id: "two" },
    { type: "run.land_finish", id: "one", outcome },
    { type: "run.land_fail", id: "one", failure },
    { ...begin, id: "two" },
    { type: "run.land_fail", id: "two", failure },
    { type: "run.land_finish", id: "three", outcome },
  );
  expect(said).toEqual([1, 0, "B of this run is being landed just now. Wait until that has ended.", 1, 0, 1, 1, 0]);
  expect(state.landings).toEqual([
    { id: "one", kind: "push", source: 1, requestHash: "h", by: "you", startedAt: 0, status: "finished", endedAt: 3, outcome },
    { id: "two", kind: "push", source: 1, requestHash: "h", by: "you", startedAt: 5, status: "failed", endedAt: 6, failure },
  ]);
});

it("leaves the run itself as it was", () => {
  const before = emptyRun(runId);
  const { state } = live({ ...begin, id: "one" }, { type: "run.land_finish", id: "one", outcome });
  expect({ ...state, landings: [], lastSeq: 0 }).toEqual(before);
});
