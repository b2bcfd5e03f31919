import { describe, expect, it } from "vitest";
import { CHECKED_RUN_ID, checkedFive } from "@/lib/run/__fixtures__/checked-five";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { findingGroups, lineRanges, testGroups } from "./detail-groups";

const { checks } = reduceRun(emptyRun(CHECKED_RUN_ID), checkedFive());
function check(target: string, kind: string) {
  const found = checks.runs.find((one) => one.target === target && one.kind === kind);
  if (found === undefined) throw new Error(`${target} ${kind}`);
  return found;
}
const titles = (groups: readonly { title: string; count: number }[]): string[] => groups.map(({ title, count }) => `${title}: ${count}`);

describe("testGroups", () => {
  it("says first which tests fail that passed on the base", () => {
    const groups = testGroups(check("c", "test"));
    expect(titles(groups)).toEqual(["Fail here, passed on the base: 1", "New, and pass: 7"]);
    expect(groups[0]).toMatchObject({ tone: "bad", open: true, items: [{ file: "test/retry.test.ts" }] });
  });

  it("names flaky tests apart", () => {
    expect(titles(testGroups(check("b", "test")))).toEqual(["Flaky: passed and failed on the same tree: 1", "New, and pass: 11"]);
  });
});

describe("findingGroups", () => {
  it("is a delta to the base", () => {
    const groups = findingGroups(check("c", "lint"));
    expect(titles(groups)).toEqual(["New here: 1", "As on the base: 3"]);
    expect(groups[0]?.items).toMatchObject([{ file: "src/http/policy.ts", line: 31 }]);
  });

  it("has all of them where the base says nothing", () => {
    expect(titles(findingGroups(check("e", "secrets")))).toEqual(["Found: 1"]);
    expect(titles(findingGroups(check("base", "lint")))).toEqual(["Found: 3"]);
  });
});

it("joins lines that follow one another", () => {
  expect(lineRanges([1, 2, 3, 7, 9, 10])).toEqual(["1–3", "7", "9–10"]);
  expect(lineRanges([])).toEqual([]);
});
