import { expect, test } from "vitest";
import type { RunState, VariationState, VariationStatus } from "@/lib/run/state";
import { recipientsOf } from "./recipients";

const run = (...statuses: VariationStatus[]): Pick<RunState, "variations"> => ({
  variations: statuses.map((status, index) => ({ index, status }) as VariationState),
});

test("until somebody chooses, a message is for whoever works, or else for everybody", () => {
  expect(recipientsOf(run("running", "completed", "queued"), undefined)).toEqual([0, 2]);
  expect(recipientsOf(run("completed", "failed"), undefined)).toEqual([0, 1]);
});

test("a choice stands, also for nobody; who is not in the run is left out", () => {
  expect(recipientsOf(run("running", "completed"), [1])).toEqual([1]);
  expect(recipientsOf(run("running"), [])).toEqual([]);
  expect(recipientsOf(run("running"), [0, 4])).toEqual([0]);
});
