import { describe, expect, it } from "vitest";
import { CHECKED_RUN_ID, checkedFive } from "@/lib/run/__fixtures__/checked-five";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { gateLines, type LineCell } from "./gate-lines";

const run = reduceRun(emptyRun(CHECKED_RUN_ID), checkedFive());
const lines = gateLines(run);
const line = (label: string) => lines.find((one) => one.label === label);
const said = ({ mark, value, note = "" }: LineCell): string => [mark, value, note].filter(Boolean).join(" ");
const cells = (label: string): string[] => line(label)?.cells.map(said) ?? [];

describe("gateLines", () => {
  it("asks first what people ask first, and ends with facts of the run", () => {
    expect(lines.map(({ label }) => label)).toEqual([
      "Build",
      "Types",
      "Lint",
      "Tests, base’s suite",
      "Tests, its own new ones",
      "Coverage, changed lines",
      "Secrets and risky patterns",
      "Diff size",
      "Duration",
      "Dollars",
    ]);
  });

  it("says how findings stand to the base, and greys what is the same", () => {
    expect(line("Lint")?.base).toMatchObject({ value: "3 warnings", tone: "same" });
    expect(cells("Lint")).toEqual([
      "3",
      "better 2 1 better",
      "worse 4 1 worse",
      "error no verdict interrupted: the server was stopped",
      "worse 9 6 worse",
    ]);
    expect(line("Lint")?.cells.map(({ tone }) => tone)).toEqual(["same", "ok", "bad", "none", "bad"]);
  });

  it("counts the tests of the base, and those of a variation's own in a line of their own", () => {
    expect(line("Tests, base’s suite")?.base.value).toBe("201 of 201");
    expect(cells("Tests, base’s suite")).toEqual([
      "passed 201",
      "passed 200 1 flaky",
      "failed 200 1 broke",
      "queued queued",
      "running running",
    ]);
    expect(cells("Tests, its own new ones")).toEqual(["passed 5", "passed 11", "passed 7", "queued queued", "running running"]);
  });

  it("rounds coverage down and marks the one that is best", () => {
    expect(cells("Coverage, changed lines").slice(0, 3)).toEqual(["92 %", "96 %", "81 %"]);
    expect(line("Coverage, changed lines")?.cells.map(({ best }) => best === true)).toEqual([false, true, false, false, false]);
  });

  it("says why there is no verdict, without blame", () => {
    expect(line("Build")?.cells[3]).toMatchObject({
      mark: "skipped",
      tone: "none",
      words: "skipped: not set up: npm ci ended with exit code 1",
    });
    expect(line("Types")?.cells[3]).toMatchObject({ mark: "error", tone: "none", note: "It took longer than 15 minutes." });
  });

  it("says that no secrets were found", () => {
    expect(cells("Secrets and risky patterns")).toEqual([...Array.from({ length: 4 }, () => "passed none"), "failed 1 error"]);
  });

  it("shows the size of every diff, red only beyond the limit", () => {
    expect(cells("Diff size")).toEqual([
      "+97 −12 3 files",
      "+61 −18 6 files",
      "+66 −9 3 files",
      "+9 −2 1 file",
      "failed +131 −80 over 200 lines",
    ]);
    expect(line("Diff size")?.cells.map(({ bar }) => bar?.toFixed(2))).toEqual(["0.52", "0.37", "0.36", "0.05", "1.00"]);
  });

  it("never says by colour alone", () => {
    for (const { label, base, cells: all } of lines) {
      for (const cell of [base, ...all]) {
        expect(cell.words, label).not.toBe("");
        if (cell.tone === "bad") expect(cell.mark, label).toMatch(/failed|worse/);
      }
    }
  });

  it("has lines for checks that have not run yet", () => {
    const nothing = { ...run, checks: { runs: [], crossTests: [] } };
    const known = [{ id: "npm:test", name: "Tests", kind: "test" as const, command: "npm run test" }];
    const [first] = gateLines(nothing, known);
    expect(first?.label).toBe("Tests");
    expect(first?.cells.map(said)).toEqual(Array.from({ length: 5 }, () => "none —"));
    expect(first?.cells[0]?.words).toBe("not run");
  });
});
