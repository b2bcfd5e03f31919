import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compareFindings } from "./compare-findings";
import { type Finding, parseEslintJson, parseRuffJson, parseTsc } from "./findings";

const recorded = (name: string): string => readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url), "utf8");
const shown = (findings: readonly Finding[]): string[] =>
  findings.map(({ file, line, rule, severity }) => `${file}:${line} ${rule} ${severity}`);

describe("findings", () => {
  it("are read from ESLint's JSON", () => {
    const { findings, problem } = parseEslintJson(recorded("eslint.json.txt"));
    expect(problem).toBeUndefined();
    expect(shown(findings)).toEqual([
      "lint/a.js:1 no-unused-vars warning",
      "lint/a.js:2 no-undef error",
      "lint/a.js:2 eqeqeq error",
      "lint/a.js:2 no-undef error",
      "lint/b.js:1 syntax error",
    ]);
  });

  it.each(["tsc.txt", "tsc-pretty.txt"])("are read from what tsc prints (%s)", (name) => {
    expect(shown(parseTsc(recorded(name)).findings)).toEqual(["bad.ts:1 TS2322 error", "bad.ts:2 TS7006 error", "bad.ts:2 TS2339 error"]);
  });

  it("may concern the project as a whole", () => {
    expect(shown(parseTsc("error TS18003: No inputs were found.\n").findings)).toEqual([":0 TS18003 error"]);
  });

  it("are read from Ruff's JSON", () => {
    // As documented at https://docs.astral.sh/ruff/settings/#output-format; syntax errors have no code.
    const json = JSON.stringify([
      {
        cell: null,
        code: "F401",
        end_location: { column: 10, row: 1 },
        filename: "/workspace/a.py",
        fix: null,
        location: { column: 8, row: 1 },
        message: "`os` imported but unused",
      },
      { code: null, filename: "/workspace/b.py", location: { column: 1, row: 3 }, message: "SyntaxError: Expected an expression" },
    ]);
    expect(shown(parseRuffJson(json).findings)).toEqual(["a.py:1 F401 error", "b.py:3 syntax error"]);
  });

  it("are bounded, and what is none is said to be none", () => {
    expect(parseEslintJson("{}").problem).toBe("The report is no JSON of ESLint.");
    expect(parseRuffJson("no").problem).toBe("The report is no JSON of Ruff.");
    expect(parseEslintJson('[null, {"filePath": 1}, {"filePath": "a", "messages": [null, {"line": "x"}, 7]}]').findings).toEqual([
      { file: "a", line: 0, rule: "syntax", severity: "error", message: "" },
    ]);
    const many = parseTsc("a.ts(1,1): error TS1: x\n".repeat(60_000));
    expect([many.findings.length, many.problem]).toEqual([50_000, "Only the first 50000 findings were read."]);
    expect(parseTsc(`${"(1".repeat(200_000)}\n`).findings).toEqual([]);
  });
});

describe("compareFindings", () => {
  const finding = (line: number, rule = "r", file = "a.ts"): Finding => ({ file, line, rule, severity: "error", message: "m" });

  it("does not take a finding that moved for a new one", () => {
    expect(compareFindings([finding(1), finding(2, "s")], [finding(40), finding(50, "t")])).toEqual({
      introduced: [finding(50, "t")],
      fixed: [finding(2, "s")],
      kept: 1,
    });
  });

  it("takes the one on a changed line for the new one where there are several", () => {
    const changed = (_: string, line: number): boolean => line === 10;
    expect(compareFindings([finding(5)], [finding(10), finding(20)], changed).introduced).toEqual([finding(10)]);
  });
});
