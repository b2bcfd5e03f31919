import { expect, it } from "vitest";
import { CHECKED_RUN_ID, checkedFive } from "@/lib/run/__fixtures__/checked-five";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { gateTicks, tickWords } from "./gate-ticks";

const run = reduceRun(emptyRun(CHECKED_RUN_ID), checkedFive());

it("has a tick per kind of check and variation, with words", () => {
  expect(gateTicks(run).map(tickWords)).toEqual([
    "build passed, types passed, tests passed, lint passed, secrets passed",
    "build passed, types passed, tests passed, lint passed, secrets passed",
    "build passed, types passed, tests failed, lint failed, secrets passed",
    "build not known, types not known, tests to come, lint not known, secrets passed",
    "build passed, types to come, tests to come, lint failed, secrets failed",
  ]);
});

it("has none while no check is known", () => {
  expect(gateTicks({ ...run, checks: { runs: [], crossTests: [] } })).toEqual([[], [], [], [], []]);
});

it("forgets what was found on another tree", () => {
  const variations = run.variations.map((one) =>
    one.index === 0 && one.snapshot ? { ...one, snapshot: { ...one.snapshot, tree: "f" } } : one,
  );
  expect(gateTicks({ ...run, variations })[0]?.every(({ state }) => state === "unknown")).toBe(true);
});
