import { expect, it } from "vitest";
import type { CheckRun } from "../run/check-state";
import { emptyRun, type RunState } from "../run/state";
import { judgeGates } from "./gates";

const snapshot = { commit: "c", tree: "t", reason: "final" as const, files: 1, added: 1, deleted: 0 };

function run(runs: Partial<CheckRun>[], part: object = {}): RunState {
  const variation = { index: 0, status: "completed", snapshot, ...part } as RunState["variations"][number];
  const whole = runs.map((one, at) => ({
    ...{
      id: String(at),
      target: "a",
      commit: "c",
      tree: "t",
      check: String(at),
      name: "Tests",
      kind: "test",
      command: "x",
      status: "passed",
      queuedAt: 1,
    },
    ...one,
  })) as CheckRun[];
  return { ...emptyRun("r"), variations: [variation], checks: { runs: whole, crossTests: [] } };
}
const gate = (...given: Parameters<typeof run>) => judgeGates(run(...given))[0];

it("lets pass what is finished, changed something and breaks nothing, and says of whom nothing is known", () => {
  expect(gate([{}])).toEqual({ variation: 0, allowed: true });
  expect(gate([])).toEqual({ variation: 0, allowed: true, reason: "no checks ran on it" });
  // A result for an older tree says nothing.
  expect(gate([{ tree: "old", status: "failed", comparison: { broke: true } }])).toMatchObject({
    allowed: true,
    reason: "no checks ran on it",
  });
});

it("leaves out what breaks tests, types or the build of the base; a worse lint is only told", () => {
  expect(gate([{ status: "failed", comparison: { broke: true } }])).toMatchObject({ allowed: false, reason: "breaks Tests" });
  expect(gate([{ kind: "types", name: "Types", status: "failed", comparison: { broke: true } }])).toMatchObject({
    allowed: false,
    reason: "breaks Types",
  });
  expect(gate([{}, { kind: "lint", name: "Lint", status: "failed", comparison: { broke: true } }])).toEqual({
    ...{ variation: 0, allowed: true, reason: "breaks Lint" },
  });
});

it("leaves out what is at work, unchecked yet, without a result or without a change", () => {
  expect(gate([], { status: "running" })).toMatchObject({ allowed: false, reason: "is still at work" });
  expect(gate([{ status: "queued" }])).toMatchObject({ allowed: false, reason: "its checks are not finished" });
  expect(gate([], { snapshot: undefined })).toMatchObject({ allowed: false, reason: "has no result" });
  expect(gate([], { snapshot: { ...snapshot, files: 0 } })).toMatchObject({ allowed: false, reason: "changed nothing" });
});
