import { expect, it } from "vitest";
import { CHECKED_RUN_ID, checkedFive } from "@/lib/run/__fixtures__/checked-five";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { crossGrid } from "./cross-grid";

const { columns, rows } = crossGrid(reduceRun(emptyRun(CHECKED_RUN_ID), checkedFive()));
const cell = (tests: string, code: string) => rows.find((row) => row.tests === tests)?.cells.find((one) => one.code === code);

it("has a row for whose tests, a column for whose code", () => {
  expect(columns).toEqual(["base", "a", "b", "c", "d", "e"]);
  expect(rows.map(({ tests, note, none }) => [tests, note, none])).toEqual([
    ["a", "4 files", false],
    ["b", "2 files", false],
    ["c", "1 file", false],
    ["d", "none", true],
    ["e", "", false],
  ]);
});

it("tells passing, failing, no API, none and what never ran apart by shape and word", () => {
  expect(cell("a", "b")).toMatchObject({ mark: "passed", text: "5/5", words: "A’s tests on B’s code: 5 of 5 pass" });
  expect(cell("b", "a")).toMatchObject({ mark: "failed", text: "9/11", words: "B’s tests on A’s code: fails, 9 of 11 pass" });
  expect(cell("b", "e")).toMatchObject({ mark: "no_api", tone: "quiet", text: "no API" });
  expect(cell("d", "a")).toMatchObject({ mark: "none", text: "none" });
  expect(cell("c", "a")).toMatchObject({ mark: "running", text: "running" });
  expect(cell("a", "base")).toMatchObject({ cross: undefined, words: "A’s tests on the base’s code: not run" });
  expect(cell("a", "a")).toMatchObject({ own: true, words: "A’s tests on its own code: not run" });
});
