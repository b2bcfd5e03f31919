import { describe, expect, it } from "vitest";
import { compareReports } from "./compare-reports";
import type { TestReport, TestStatus } from "./test-report";

const report = (statuses: Record<string, TestStatus>, problem?: string): TestReport => ({
  cases: Object.entries(statuses).map(([name, status]) => ({ name, file: "f", status })),
  problem,
});
const names = (tests: readonly { name: string }[]): string => tests.map(({ name }) => name).join(" ");

describe("compareReports", () => {
  it("puts every test into one list", () => {
    const base = report({
      a: "passed",
      b: "passed",
      c: "failed",
      d: "errored",
      e: "passed",
      f: "skipped",
      g: "passed",
      h: "skipped",
      i: "skipped",
    });
    const found = compareReports(
      [base],
      [
        report({
          a: "passed",
          b: "failed",
          c: "passed",
          d: "failed",
          f: "errored",
          g: "skipped",
          h: "skipped",
          i: "passed",
          new: "failed",
        }),
      ],
    );
    expect({
      newlyFailing: names(found.newlyFailing),
      newlyPassing: names(found.newlyPassing),
      stillFailing: names(found.stillFailing),
      added: names(found.added),
      removed: names(found.removed),
      newlySkipped: names(found.newlySkipped),
      flaky: names(found.flaky),
      counts: [found.stillPassing, found.stillSkipped],
    }).toEqual({
      newlyFailing: "b f",
      newlyPassing: "c i",
      stillFailing: "d",
      added: "new",
      removed: "e",
      newlySkipped: "g",
      flaky: "",
      counts: [1, 1],
    });
    expect(found.newlyFailing[0]).toMatchObject({ file: "f", base: { status: "passed" }, variation: { status: "failed" } });
  });

  it("calls flaky what passed and failed in runs of one tree, and takes it out of all else", () => {
    const found = compareReports(
      [report({ a: "passed", b: "passed", c: "failed", s: "passed" }), report({ a: "passed", b: "failed", c: "skipped" })],
      [
        report({ a: "failed", b: "failed", c: "failed", d: "passed", s: "skipped" }),
        report({ a: "passed", b: "failed", c: "failed", d: "failed", s: "failed" }),
      ],
    );
    expect([names(found.flaky), names(found.stillFailing), names(found.newlyFailing), names(found.added)]).toEqual(["a b d", "c", "s", ""]);
  });

  it("tells tests of one name in two files apart, also those named like members of objects", () => {
    const one = (file: string, status: TestStatus) => ({ name: "__proto__", file, status });
    const found = compareReports(
      [{ cases: [one("a", "passed"), one("b", "passed")] }],
      [{ cases: [one("a", "passed"), one("b", "failed")] }],
    );
    expect([found.stillPassing, found.newlyFailing.map(({ file }) => file)]).toEqual([1, ["b"]]);
  });

  it("says when a report is not whole", () => {
    expect(compareReports([report({})], [report({}, "cut off")]).incomplete).toBe(true);
    expect(compareReports([report({})], [report({})]).incomplete).toBe(false);
  });

  describe("a file that cannot be loaded any more", () => {
    const one = (name: string, file: string | undefined, status: TestStatus) => ({ name, file, status, message: "SyntaxError" });
    const base: TestReport = {
      cases: [one("adds", "t/a.js", "passed"), one("rounds", "t/a.js", "passed"), one("old", "t/b.js", "failed")],
    };

    it.each([
      ["as a test in the file", one("t/a.js", "t/a.js", "errored")],
      ["as a test of the file's name", one("t/a.js", undefined, "errored")],
    ])("breaks its tests, reported %s", (_, unloaded) => {
      const found = compareReports([base], [{ cases: [unloaded, one("old", "t/b.js", "failed"), one("t/new.js", "t/new.js", "errored")] }]);
      expect(found.newlyFailing).toEqual([
        { name: "adds", file: "t/a.js", base: base.cases[0], variation: unloaded },
        { name: "rounds", file: "t/a.js", base: base.cases[1], variation: unloaded },
      ]);
      expect([names(found.removed), names(found.added), names(found.stillFailing)]).toEqual(["", "t/new.js", "old"]);
    });

    it("is told from one whose tests were taken out", () => {
      const found = compareReports([base], [{ cases: [one("adds", "t/a.js", "passed"), one("broken fixture", "t/a.js", "errored")] }]);
      expect([names(found.removed), names(found.added), names(found.newlyFailing)]).toEqual(["rounds old", "broken fixture", ""]);
    });
  });
});
