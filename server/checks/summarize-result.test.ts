import { describe, expect, it } from "vitest";
import { crossOutcome } from "./cross-outcome";
import { readCommandResult } from "./read-command-result";
import type { CommandResult } from "./run-command";
import type { StoredResult } from "./stored-result";
import { summarizeComparison, summarizeResult } from "./summarize-result";
import { checkForTests, isTestFile } from "./test-files";

type Status = "passed" | "failed" | "skipped" | "errored";

function tests(cases: Record<string, Status>, part: Partial<StoredResult> = {}): StoredResult {
  const failed = Object.values(cases).some((status) => status === "failed" || status === "errored");
  const list = Object.entries(cases).map(([name, status]) => ({ name, file: "a.test.js", status }));
  return { verdict: failed ? "failed" : "passed", exitCode: failed ? 1 : 0, durationMs: 1, reports: [{ cases: list }], ...part };
}

describe("summarizeComparison", () => {
  const base = tests({ one: "passed", two: "passed", bad: "passed" });

  it("says that a target breaks what passed, and only then", () => {
    expect(summarizeComparison(base, tests({ one: "passed", two: "failed", bad: "passed" }))).toMatchObject({
      broke: true,
      tests: { broken: 1 },
    });
    expect(summarizeComparison(base, tests({ one: "passed", two: "passed", bad: "passed", own: "failed" }))).toMatchObject({
      broke: false,
      tests: { broken: 0, added: { failed: 1 } },
    });
    expect(summarizeComparison(tests({ one: "failed" }), tests({ one: "failed" }))).toMatchObject({
      broke: false,
      tests: { stillFailing: 1 },
    });
  });

  it("takes a suite that says nothing any more for broken", () => {
    expect(summarizeComparison(base, { verdict: "passed", exitCode: 0, durationMs: 1 })).toEqual({ broke: true });
    expect(summarizeComparison(base, tests({}))).toMatchObject({ broke: true, tests: { removed: 3 } });
    // Nothing is known of it: nobody's fault.
    expect(summarizeComparison(base, { verdict: "error", exitCode: null, durationMs: 1 })).toEqual({ broke: false });
  });

  it("holds commands without reports by their verdict", () => {
    const plain = (verdict: "passed" | "failed"): StoredResult => ({ verdict, exitCode: 0, durationMs: 1 });
    expect(summarizeComparison(plain("passed"), plain("failed"))).toEqual({ broke: true });
    expect(summarizeComparison(plain("failed"), plain("failed"))).toEqual({ broke: false });
  });
});

it("keeps events small, whatever was found", () => {
  const cases = Array.from({ length: 3_000 }, (_, at) => ({ name: `test ${at}`, status: "failed" as const, message: "x".repeat(4_000) }));
  const findings = cases.map(({ name }) => ({ file: "a.js", line: 1, rule: "r", severity: "error" as const, message: name.repeat(100) }));
  const missed = Array.from({ length: 400 }, (_, at) => ({
    path: `${at}.js`,
    lines: Array.from({ length: 2_000 }, (__, line) => line + 1),
  }));
  const coverage = { covered: 1, coverable: 2, total: 50, missed };
  const result: StoredResult = { verdict: "failed", exitCode: 1, durationMs: 1, reports: [{ cases }], findings: { findings }, coverage };
  const event = summarizeResult({ result, output: "o".repeat(5_000_000) }, false);
  expect(event).toMatchObject({ tests: { total: 3_000, failed: 3_000 }, findings: { errors: 3_000 }, outputLength: 5_000_000 });
  expect(JSON.stringify(event).length).toBeLessThan(40_000);
});

describe("readCommandResult", () => {
  const done = (code: number, files: Record<string, string> = {}): CommandResult => ({
    exit: { kind: "exited", code },
    output: files["first/output.txt"] ?? "",
    durationMs: 5,
    reports: new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])),
  });
  const jest = (status: string): string =>
    JSON.stringify({
      testResults: [{ name: "/workspace/a.test.js", status, assertionResults: [{ title: "one", ancestorTitles: [], status }] }],
    });
  const check = { kind: "test" as const, command: "npm run test" };

  it("does not take an exit code's word for tests that failed", () => {
    expect(readCommandResult(check, done(0, { "first/node-1.jest.json": jest("failed") }), []).verdict).toBe("failed");
  });

  it("takes what passes at the second try for flaky", () => {
    const meta = JSON.stringify({ code: 1, durationMs: 9, againCode: 0 });
    const both = { "meta.json": meta, "first/node-1.jest.json": jest("failed"), "again/node-2.jest.json": jest("passed") };
    expect(readCommandResult(check, done(1, both), [])).toMatchObject({ verdict: "passed", exitCode: 1, durationMs: 9 });
    // Something else than the tests failed as well.
    const other = { ...both, "meta.json": JSON.stringify({ code: 1, durationMs: 9, againCode: 2 }) };
    expect(readCommandResult(check, done(1, other), []).verdict).toBe("failed");
  });

  it("tells what failed from what could not be tried", () => {
    expect(readCommandResult(check, done(127), [])).toMatchObject({ verdict: "error", exitCode: 127 });
    const failure = { code: "timeout" as const, message: "It took longer than 15 minutes.", remedy: "" };
    const late: CommandResult = { ...done(0), exit: { kind: "failed", failure } };
    expect(readCommandResult(check, late, [])).toMatchObject({ verdict: "error", reason: failure.message });
  });

  it("keeps every test of a large report, and not every word", () => {
    const assertionResults = Array.from({ length: 3_000 }, (_, at) => ({
      title: `${at}`,
      ancestorTitles: [],
      status: "failed",
      failureMessages: ["x".repeat(5_000)],
    }));
    const text = JSON.stringify({ testResults: [{ name: "a.test.js", status: "failed", assertionResults }] });
    const [found] = readCommandResult(check, done(1, { "first/node-1.jest.json": text }), []).reports ?? [];
    expect(found?.cases).toHaveLength(3_000);
    expect(found?.cases.filter(({ message }) => message !== undefined)).toHaveLength(1_000);
  });

  it("reads what tsc prints", () => {
    const output = "src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.\n";
    const found = readCommandResult({ kind: "types", command: "npm run typecheck" }, done(2, { "first/output.txt": output }), []);
    expect(found.findings?.findings).toMatchObject([{ file: "src/a.ts", line: 3, rule: "TS2322" }]);
  });

  it("reads no report of a stranger as anything else", () => {
    const found = readCommandResult(
      check,
      done(1, { "meta.json": "[", "first/node-1.jest.json": '{"testResults":7}', "first/x.junit.xml": "<a" }),
      [],
    );
    expect(found).toMatchObject({ verdict: "failed", reports: [{ cases: [], problem: expect.any(String) as string }] });
  });
});

describe("crossOutcome", () => {
  const none = new Set<string>();
  const failing = (message: string): StoredResult => ({
    ...tests({}),
    verdict: "failed",
    exitCode: 1,
    reports: [{ cases: [{ name: "one", file: "a.test.js", status: "failed", message }] }],
  });

  it("tells what is not there from what is wrong", () => {
    const outcome = (message: string): string => crossOutcome(failing(message), "", ["a.test.js"], none).outcome;
    expect(outcome("TypeError: half is not a function\n    at a.test.js:3")).toBe("no_api");
    expect(outcome("ImportError: cannot import name 'half' from 'shop.price'")).toBe("no_api");
    expect(outcome("AssertionError: 2 == 3")).toBe("failed");
    expect(outcome("AssertionError: expected 'TypeError: half is not a function' to be 2")).toBe("failed");
  });

  it("counts the tests of these files and no others", () => {
    const result = tests({ one: "passed", two: "passed" });
    expect(crossOutcome(result, "", ["a.test.js"], none)).toMatchObject({ outcome: "passed", passed: 2, total: 2 });
    expect(crossOutcome(result, "", ["b.test.js"], none)).toMatchObject({ outcome: "none", total: 0 });
    expect(
      crossOutcome({ ...result, exitCode: 1, verdict: "failed" }, "Error: Cannot find module './x'", ["b.test.js"], none).outcome,
    ).toBe("no_api");
  });
});

describe("test files", () => {
  it("are known by the names that runners look for", () => {
    const yes = [
      "a.test.ts",
      "src/__tests__/a.js",
      "test/a.mjs",
      "tests/test_a.py",
      "pkg/a_test.go",
      "src/test/java/ATest.java",
      "tests/a.rs",
    ];
    expect(yes.filter((path) => !isTestFile(path))).toEqual([]);
    const no = ["src/a.ts", "latest/a.ts", "src/contest.py", "tests/conftest.py", "test/fixtures/a.js", "README.md"];
    expect(no.filter(isTestFile)).toEqual([]);
  });

  it("go to the check of their language", () => {
    const checks = [{ id: "npm:test" }, { id: "python:test" }];
    expect(checkForTests(["tests/test_a.py"], checks)?.id).toBe("python:test");
    expect(checkForTests(["a.test.js"], checks)?.id).toBe("npm:test");
    expect(checkForTests(["a_test.go"], checks)?.id).toBe("npm:test");
  });
});
