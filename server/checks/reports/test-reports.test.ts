import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseCargoTest } from "./cargo-report";
import { parseGoTest } from "./go-report";
import { parseJestJson } from "./json-report";
import { parseJunit } from "./junit-report";
import { parseTap } from "./tap-report";
import { relativePath, type TestReport } from "./test-report";

/** What the runners themselves wrote; only the folder they ran in has another name. */
const recorded = (name: string): string => readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url), "utf8");

const letters = { passed: "✓", failed: "✕", skipped: "-", errored: "!" };
const shown = ({ cases }: TestReport): string[] => cases.map(({ name, file, status }) => `${letters[status]} ${file ?? ""} | ${name}`);
const messageOf = ({ cases }: TestReport, name: string): string => cases.find((found) => found.name === name)?.message ?? "";

describe("parseJunit", () => {
  it("reads Vitest's", () => {
    const report = parseJunit(recorded("vitest-junit.xml"));
    expect(report.problem).toBeUndefined();
    expect(shown(report)).toEqual([
      "✕ test/broken.test.ts | test/broken.test.ts",
      "✓ test/retry.test.ts | delayFor > doubles",
      "✕ test/retry.test.ts | delayFor > says <what> & why",
      "- test/retry.test.ts | delayFor > caps",
      "- test/retry.test.ts | delayFor > is random",
      "✓ test/retry.test.ts | delayFor > is positive",
      "✓ test/retry.test.ts | delayFor > is positive (2)",
    ]);
    expect(messageOf(report, "delayFor > says <what> & why")).toMatch(/^AssertionError: expected 250 to be 251[^]*- 251\n\+ 250/);
    expect(report.cases[1]?.durationMs).toBeCloseTo(1.52, 2);
  });

  it("reads pytest's, errors of fixtures and of imports included", () => {
    const report = parseJunit(recorded("pytest-junit.xml"));
    expect(report.problem).toBeUndefined();
    expect(shown(report)).toEqual([
      "!  | tests.test_broken",
      "✓ tests.test_retry.TestDelay | test_doubles",
      "✕ tests.test_retry.TestDelay | test_caps",
      "- tests.test_retry | test_skipped",
      "✓ tests.test_retry | test_many[1]",
      "✓ tests.test_retry | test_many[2]",
      "! tests.test_retry | test_errors",
      "- tests.test_retry | test_expected",
    ]);
    expect(messageOf(report, "test_errors")).toContain("RuntimeError: fixture");
  });

  it("reads node:test's, with its nested groups", () => {
    expect(shown(parseJunit(recorded("node-junit.xml")))).toEqual([
      "✓  | adds",
      "✕  | breaks # with a hash",
      "✓  | group > inner passes",
      "✕  | group > inner fails",
      "-  | group > inner skipped",
      "-  | group > inner todo",
      "✓  | good group > deep",
    ]);
  });

  it("keeps what came before the file was cut off, and says so", () => {
    const whole = recorded("vitest-junit.xml");
    const report = parseJunit(whole.slice(0, whole.indexOf("is random")));
    expect(report.cases).toHaveLength(4);
    expect(report.problem).toContain("cannot be read");
  });

  it("expands no entities and takes no document type", () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;">]><testsuites><testcase name="&y;"/></testsuites>`;
    expect(parseJunit(bomb)).toEqual({ cases: [], problem: expect.stringContaining("document type") as string });
    expect(parseJunit('<a><testcase name="&file;"/></a>').problem).toContain("undefined entity");
    expect(parseJunit('<a><testcase name="&constructor;&__proto__;"/></a>').problem).toContain("undefined entity");
  });

  it("survives depth, length, names of prototypes, and what XML forbids", () => {
    expect(parseJunit(`${"<testsuite>".repeat(100_000)}`).problem).toContain("nests deeper");
    const many = parseJunit(`<a>${'<testcase name="x"/>'.repeat(60_000)}</a>`);
    expect([many.cases.length, many.problem]).toEqual([50_000, "Only the first 50000 tests were read."]);
    expect(parseJunit("x".repeat(33 * 1024 * 1024)).problem).toBe("The report has more than 32 MB.");
    const odd = parseJunit(
      '<a><testcase name="__proto__" classname="constructor" __proto__="x"><failure>\u001b[31mred\u001b[0m \u0000</failure></testcase></a>',
    );
    expect(odd.cases).toEqual([
      { name: "__proto__", file: "constructor", status: "failed", message: expect.stringContaining("red") as string },
    ]);
    expect(odd.cases[0]?.message).not.toContain("\u001b");
    expect(({} as { x?: string }).x).toBeUndefined();
    const long = parseJunit(`<a><testcase name="${"n".repeat(5_000)}"><failure>${"m".repeat(100_000)}</failure></testcase></a>`);
    expect([long.cases[0]?.name.length, long.cases[0]?.message?.length]).toEqual([500, 4_000]);
  });
});

describe("parseTap", () => {
  it("reads node:test's, subtests by the names of their groups", () => {
    const report = parseTap(recorded("node.tap"));
    expect(shown(report)).toEqual([
      "✓  | adds",
      "✕ test/a.test.mjs | breaks # with a hash",
      "✓  | group > inner passes",
      "✕ test/a.test.mjs | group > inner fails",
      "-  | group > inner skipped",
      "-  | group > inner todo",
      "✓  | good group > deep",
    ]);
    expect(messageOf(report, "group > inner fails")).toBe("no <way>");
    expect(report.cases[0]?.durationMs).toBeCloseTo(5.23, 2);
  });

  it("reads plain TAP: no description, no number, a block of text, giving up", () => {
    const text =
      "1..4\nok\nnot ok 2\n  ---\n  message: |-\n    first\n    second\n  ...\nok 3 - c # skip no network\nBail out! no database\n";
    expect(parseTap(text)).toEqual({
      cases: [
        { name: "(no name)", status: "passed" },
        { name: "(no name) (2)", status: "failed", message: "first\nsecond" },
        { name: "c", status: "skipped", message: "no network" },
      ],
      problem: "The runner gave up: no database",
    });
  });

  it("lets a group speak for itself only where none of its tests does", () => {
    expect(shown(parseTap("    ok 1 - fine\nnot ok 1 - group"))).toEqual(["✓  | group > fine", "✕  | group"]);
  });

  it("survives details without an end, and lines made to be slow", () => {
    expect(shown(parseTap("not ok 1 - a\n  ---\n  error: 'x'\nok 2 - b"))).toEqual(["✕  | a", "✓  | b"]);
    expect(parseTap(`ok 1${"1".repeat(300_000)}\u2028\nok 2 - #skip${"a".repeat(300_000)}\u2028`).cases).toHaveLength(2);
    const nested = Array.from({ length: 200 }, (_, depth) => `${" ".repeat(4 * (200 - depth))}ok 1 - ${"n".repeat(10_000)}`).join("\n");
    expect(parseTap(nested).cases.length).toBeGreaterThan(0);
    expect(parseTap("ok\n".repeat(60_000)).problem).toBe("Only the first 50000 tests were read.");
  });
});

describe("parseJestJson", () => {
  it("reads Vitest's", () => {
    const report = parseJestJson(recorded("vitest.json.txt"));
    expect(report.problem).toBeUndefined();
    expect([...shown(report)].sort()).toEqual([
      "! test/broken.test.ts | test/broken.test.ts",
      "- test/retry.test.ts | delayFor > caps",
      "- test/retry.test.ts | delayFor > is random",
      "✓ test/retry.test.ts | delayFor > doubles",
      "✓ test/retry.test.ts | delayFor > is positive",
      "✓ test/retry.test.ts | delayFor > is positive (2)",
      "✕ test/retry.test.ts | delayFor > says <what> & why",
    ]);
  });

  it("takes what it can of values of other types, and says what is no report", () => {
    expect(parseJestJson("[]").problem).toBe("The report is no JSON of Jest or Vitest.");
    expect(parseJestJson('{"testResults": [').problem).toBeDefined();
    const odd =
      '{"__proto__": {"x": 1}, "testResults": [7, {"name": 3, "assertionResults": [null, {"title": "t", "status": {"a": 1}, "duration": "x"}]}]}';
    expect(parseJestJson(odd).cases).toEqual([{ name: "t", status: "errored" }]);
    expect(parseJestJson(`${"[".repeat(200_000)}`).cases).toEqual([]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe("parseGoTest", () => {
  it("reads go test's JSON: subtests, panics, packages that do not build", () => {
    const report = parseGoTest(recorded("go-test.jsonl.txt"));
    expect([...shown(report)].sort()).toEqual([
      "! example.com/shop/bad | example.com/shop/bad",
      "- example.com/shop | TestSkipped",
      "✓ example.com/shop | TestDouble",
      "✓ example.com/shop | TestTable > one",
      "✕ example.com/shop | TestBroken",
      "✕ example.com/shop | TestTable > two_of_many",
      "✕ example.com/shop/panics | TestP",
    ]);
    expect(messageOf(report, "TestBroken")).toBe("shop_test.go:4: a note\n    shop_test.go:4: got 4, want 5");
    expect(messageOf(report, "example.com/shop/bad")).toBe("build failed");
    expect(messageOf(report, "TestP")).toContain("panic: oh");
  });

  it("takes a test that never ended as one without a verdict, and a group as its tests", () => {
    const line = (fields: object): string => `${JSON.stringify({ Package: "p", ...fields })}\n`;
    const text =
      line({ Action: "run", Test: "TestA" }) + line({ Action: "run", Test: "TestA/b" }) + line({ Action: "pass", Test: "TestA/b" });
    expect(shown(parseGoTest(text))).toEqual(["! p | TestA", "✓ p | TestA > b"]);
    expect(parseGoTest("ok  \tp\t0.1s\n").problem).toContain("no output of go test");
    expect(parseGoTest(line({ Action: "pass", Test: "/".repeat(100_000) })).cases).toHaveLength(1);
  });
});

describe("parseCargoTest", () => {
  it("reads what cargo test prints: unit, integration and documentation tests", () => {
    const report = parseCargoTest(recorded("cargo-test.txt"));
    expect(report.problem).toBeUndefined();
    expect([...shown(report)].sort()).toEqual([
      "- src/lib.rs | tests::waits",
      "✓ shop | src/lib.rs - double (line 1)",
      "✓ src/lib.rs | tests::doubles",
      "✓ src/lib.rs | tests::panics",
      "✓ tests/whole.rs | outside",
      "✕ src/lib.rs | tests::breaks",
    ]);
    expect(messageOf(report, "tests::breaks")).toMatch(/^a note\n\nthread 'tests::breaks'[^]*left: 4\n right: 5$/);
    expect(messageOf(report, "tests::waits")).toBe("slow");
  });

  it("says that it did not build", () => {
    expect(parseCargoTest("error[E0425]: cannot find value `x`\nerror: could not compile `shop`\n")).toEqual({
      cases: [],
      problem: "error[E0425]: cannot find value `x`",
    });
    expect(parseCargoTest("").problem).toContain("no output of cargo test");
  });
});

it.each([
  ["/workspace/src/a.ts", "src/a.ts"],
  ["/var/aideator/tree/src/a.ts", "src/a.ts"],
  ["file:///var/aideator/tree/src/a.ts", "src/a.ts"],
  ["./src/a.ts", "src/a.ts"],
  ["/workspaces/a.ts", "/workspaces/a.ts"],
])("paths are the tree's, wherever it was checked: %s", (printed, path) => {
  expect(relativePath(printed)).toBe(path);
});
