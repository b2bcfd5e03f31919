import { expect, test } from "vitest";
import type { RunState, VariationState, VariationStatus } from "@/lib/run/state";
import { recipientsOf } from "./recipients";

const run = (...statuses: VariationStatus[]): Pick<RunState, "variations"> => ({
  variations: statuses.map((status, index) => ({ index, status }) as VariationState),
});

test("until somebody chooses, a message is for whoever works, or else for everybody", () => {
  expect(recipientsOf(run("running", "completed", "queued"), undefined, [])).toEqual([0, 2]);
  expect(recipientsOf(run("completed", "failed"), undefined, [])).toEqual([0, 1]);
});

test("a choice stands, also for nobody; who is not in the run is left out", () => {
  expect(recipientsOf(run("running", "completed"), [1], [{ port: false, variation: 0 }])).toEqual([1]);
  expect(recipientsOf(run("running"), [], [])).toEqual([]);
  expect(recipientsOf(run("running"), [0, 4], [])).toEqual([0]);
});

test("a comment is for the variation that it is about, several for all that they are about, one on the base for everybody", () => {
  const three = run("running", "completed", "completed");
  const on = (variation?: number, port = false): { variation?: number; port: boolean } => ({ variation, port });
  expect(recipientsOf(three, undefined, [on(1)])).toEqual([1]);
  expect(recipientsOf(three, undefined, [on(2), on(1), on(2)])).toEqual([1, 2]);
  expect(recipientsOf(three, undefined, [on(1), on()])).toEqual([0, 1, 2]);
});

test("what is to be ported is for the others", () => {
  const three = run("completed", "completed", "completed");
  expect(recipientsOf(three, undefined, [{ variation: 1, port: true }])).toEqual([0, 2]);
});
