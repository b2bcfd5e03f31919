import { describe, expect, it } from "vitest";
import { CHECKED_RUN_ID, checkedFive } from "./__fixtures__/checked-five";
import { breaksBase, checkProgress, gateRows, passesItsChecks } from "./check-table";
import { runEventSchema } from "./events";
import { reduceRun } from "./reduce";
import { emptyRun } from "./state";

const events = checkedFive();
const run = reduceRun(emptyRun(CHECKED_RUN_ID), events);

it("is made of events that the schema knows", () => {
  for (const event of events) expect(runEventSchema.parse(event)).toEqual(event);
});

describe("gateRows", () => {
  it("has a row per check in the order in which people ask, and a cell per variation", () => {
    const rows = gateRows(run);
    expect(rows.map(({ kind }) => kind)).toEqual(["build", "types", "lint", "test", "secrets", "size"]);
    expect(rows.every(({ cells }) => cells.map(({ target }) => target).join("") === "abcde")).toBe(true);
  });

  it("says how each stands to the base", () => {
    const tones = Object.fromEntries(gateRows(run).map(({ kind, cells }) => [kind, cells.map(({ tone }) => tone)]));
    expect(tones).toEqual({
      build: ["passed", "passed", "passed", "unknown", "passed"],
      types: ["passed", "passed", "passed", "unknown", "open"],
      lint: ["passed", "better", "worse", "unknown", "worse"],
      test: ["passed", "passed", "worse", "open", "open"],
      secrets: ["passed", "passed", "passed", "passed", "failed"],
      size: ["passed", "unknown", "unknown", "unknown", "failed"],
    });
  });

  it("says when a variation went on after it was checked", () => {
    const later = {
      type: "snapshot.taken",
      commit: "f".repeat(40),
      tree: "f".repeat(40),
      reason: "final",
      files: 1,
      added: 1,
      deleted: 0,
    } as const;
    const next = reduceRun(run, [{ runId: CHECKED_RUN_ID, seq: run.lastSeq + 1, at: 0, variation: 2, attempt: 0, event: later }]);
    const [row] = gateRows(next);
    expect(row?.cells.map(({ stale }) => stale)).toEqual([false, false, true, false, false]);
    expect(breaksBase(next, "c")).toBeUndefined();
  });
});

describe("breaksBase", () => {
  it("names the tests of the base that a variation breaks", () => {
    expect(breaksBase(run, "c")).toMatchObject({ broken: 1, tests: [{ file: "test/retry.test.ts" }], checks: ["Lint", "Tests"] });
    expect(breaksBase(run, "a")).toBeUndefined();
    expect(breaksBase(run, "d")).toBeUndefined();
  });
});

it("counts what is still to come", () => {
  expect(checkProgress(run)).toEqual({ open: 4, total: run.checks.runs.length + run.checks.crossTests.length });
});

it("knows who passes all of its checks", () => {
  expect(["a", "b", "c", "d", "e"].filter((target) => passesItsChecks(run, target))).toEqual(["a", "b"]);
});

it("lets a check that is queued anew take the place of the old one", () => {
  const again = events.find(({ event }) => event.type === "check.queued" && event.target === "c" && event.check === "npm:test");
  if (again?.event.type !== "check.queued") throw new Error("not in the fixture");
  const event = { ...again, seq: run.lastSeq + 1, event: { ...again.event, id: "0".repeat(20) } };
  const next = reduceRun(run, [event]);
  expect(next.checks.runs.length).toBe(run.checks.runs.length);
  expect(breaksBase(next, "c")).toMatchObject({ broken: 0, checks: ["Lint"] });
  // The end of the one before comes too late.
  const late = { ...again, seq: next.lastSeq + 1, event: { type: "check.started" as const, id: again.event.id } };
  expect(reduceRun(next, [late]).checks).toEqual(next.checks);
});
