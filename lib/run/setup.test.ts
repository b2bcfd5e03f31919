import { describe, expect, it } from "vitest";
import type { RunEvent, RunEventBody } from "./events";
import { reduceRun } from "./reduce";
import { environmentState, SETUP_OUTPUT_LIMIT } from "./setup";
import { emptyRun } from "./state";

const fold = (...bodies: RunEventBody[]) =>
  reduceRun(
    emptyRun("run00000000000"),
    bodies.map((event, at): RunEvent => ({ runId: "run00000000000", seq: at + 1, at: 1_000 + at, event })),
  );
const started = (cached = false): RunEventBody => ({ type: "setup.started", command: "npm ci", hash: "h", cached });
const said = (text: string): RunEventBody => ({ type: "setup.output", text });

describe("a run's set-up", () => {
  it("is folded from its events, and begins anew after a restart", () => {
    const run = fold(started(), said("half"), started(), said("added "), said("3 packages\n"), {
      type: "setup.finished",
      ok: true,
      durationMs: 1_200,
    });
    expect(run.setup).toEqual({
      command: "npm ci",
      hash: "h",
      cached: false,
      startedAt: 1_002,
      output: "added 3 packages\n",
      truncated: 0,
      finished: { ok: true, durationMs: 1_200, skipped: false, reason: undefined },
    });
    expect(run.notices).toEqual([]);
  });

  it("keeps head and tail of a long output", () => {
    const run = fold(started(), said(`begin${"x".repeat(SETUP_OUTPUT_LIMIT)}`), said("end"));
    expect(run.setup?.output).toHaveLength(SETUP_OUTPUT_LIMIT);
    expect(run.setup?.output).toMatch(/^begin.*end$/);
    expect(run.setup?.truncated).toBe(8);
  });

  it("tells a check whether it can run", () => {
    const finished = (ok: boolean, rest: object = {}): RunEventBody => ({ type: "setup.finished", ok, durationMs: 0, ...rest });
    expect(environmentState(fold())).toEqual({ kind: "not_needed" });
    expect(environmentState(fold(started()))).toEqual({ kind: "pending" });
    expect(environmentState(fold(started(true), finished(true)))).toEqual({ kind: "ready" });
    expect(environmentState(fold(started(), finished(false, { reason: "exit code 1" })))).toEqual({
      kind: "not_set_up",
      reason: "not set up: exit code 1",
    });
    expect(environmentState(fold(finished(true, { skipped: true, reason: "no pnpm" })))).toEqual({
      kind: "not_set_up",
      reason: "not set up: no pnpm",
    });
  });
});
