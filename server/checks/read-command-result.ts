import { parseJson } from "@/lib/parse-json";
import { checkMetaSchema } from "@/lib/protocol/check-job";
import type { CheckKind } from "@/lib/run/check-names";
import type { AttemptExit } from "../executors/executor";
import { parseCargoTest } from "./reports/cargo-report";
import { type ChangedLines, coverageOfChangedLines } from "./reports/changed-coverage";
import { type CoverageReport, parseCobertura, parseLcov } from "./reports/coverage-report";
import { type Finding, type FindingsReport, parseEslintJson, parseRuffJson, parseTsc } from "./reports/findings";
import { parseGoCover } from "./reports/go-cover";
import { parseGoTest } from "./reports/go-report";
import { parseJestJson } from "./reports/json-report";
import { parseJunit } from "./reports/junit-report";
import { parseLineFindings } from "./reports/line-findings";
import { parseTap } from "./reports/tap-report";
import type { TestCase, TestReport } from "./reports/test-report";
import type { CommandResult } from "./run-command";
import type { StoredResult } from "./stored-result";
import { flakyTests, hasFailed } from "./test-verdicts";

/** Missed lines that are kept of one result. */
const MOST_FILES = 500;
const MOST_LINES = 2_000;
/** Characters that all messages of one run's tests may have together; and findings that are kept. */
const MESSAGES = 4_000_000;
const MOST_FINDINGS = 20_000;
/** A shell could not find or start what it was told to (POSIX, Shell Command Language 2.8.2). */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** What one command came to, from its end and from the reports that it left. */
export function readCommandResult(
  { kind, command }: { kind: CheckKind; command: string },
  { exit, output, reports, durationMs }: CommandResult,
  changed: readonly ChangedLines[],
): StoredResult {
  const meta = checkMetaSchema.safeParse(parseJson(textOf(reports, "meta.json"))).data;
  if (exit.kind !== "exited") return { verdict: "error", exitCode: null, durationMs, reason: reasonOf(exit) };
  const testReports = ["first", "again"].map((run) => testReportOf(command, filesOf(reports, run))).filter((one) => one !== undefined);
  const coverage = coverageOf(filesOf(reports, "first"));
  const result: StoredResult = {
    ...verdictOf(kind, exit.code, testReports, meta?.againCode),
    exitCode: exit.code,
    durationMs: meta?.durationMs ?? durationMs,
    ...(testReports.length === 0 ? {} : { reports: testReports.map(({ cases, problem }) => ({ cases: withinBudget(cases), problem })) }),
    ...(coverage === undefined ? {} : { coverage: measured(coverage, changed) }),
  };
  const findings = kind === "lint" || kind === "types" ? findingsOf(kind, output, filesOf(reports, "first")) : undefined;
  return findings === undefined ? result : { ...result, findings: { ...findings, findings: findings.findings.slice(0, MOST_FINDINGS) } };
}

/** All tests, but messages only as long as they fit. */
function withinBudget(cases: readonly TestCase[]): TestCase[] {
  let left = MESSAGES;
  return cases.map((found) => {
    left -= found.message?.length ?? 0;
    return left >= 0 || found.message === undefined ? found : { ...found, message: undefined };
  });
}

function verdictOf(
  kind: CheckKind,
  code: number,
  reports: readonly TestReport[],
  againCode: number | undefined,
): Pick<StoredResult, "verdict" | "reason"> {
  if (code === NOT_FOUND) return { verdict: "error", reason: "A program that it needs was not found in the sandbox (exit code 127)." };
  if (code === NOT_EXECUTABLE)
    return { verdict: "error", reason: "A program that it needs could not be started in the sandbox (exit code 126)." };
  const flaky = flakyTests(reports);
  const failing = (reports[0]?.cases ?? []).filter((found) => hasFailed(found) && !flaky.has(keyOf(found)));
  if (code === 0) {
    // A script that swallows the runner's exit code does not make failing tests pass.
    return failing.length === 0 ? { verdict: "passed" } : { verdict: "failed", reason: "Tests failed, although the command ended with 0." };
  }
  if ((kind === "test" || kind === "coverage") && againCode === 0 && flaky.size > 0 && failing.length === 0) {
    return { verdict: "passed", reason: "What failed passed when it was run once more." };
  }
  return { verdict: "failed" };
}

function keyOf({ file = "", name }: TestCase): string {
  return `${file}\0${name}`;
}

/** The files that one run left, by name. */
function filesOf(reports: CommandResult["reports"], run: string): Map<string, string> {
  const files = [...reports].filter(([path]) => path.startsWith(`${run}/`));
  return new Map(files.map(([path, content]) => [path.slice(run.length + 1), content.toString("utf8")]));
}

function textOf(reports: CommandResult["reports"], path: string): string {
  return reports.get(path)?.toString("utf8") ?? "";
}

const testParsers: [ending: string, parse: (text: string) => TestReport][] = [
  [".jest.json", parseJestJson],
  [".junit.xml", parseJunit],
  [".jsonl", parseGoTest],
];

/** All that a run says of tests; undefined where it says nothing. */
export function testReportOf(command: string, files: ReadonlyMap<string, string>): TestReport | undefined {
  const found = [...files].flatMap(([name, text]) => {
    const [, parse] = testParsers.find(([ending]) => name.endsWith(ending)) ?? [];
    return parse === undefined ? [] : [parse(text)];
  });
  const output = files.get("output.txt") ?? "";
  if (found.length === 0 && /\bcargo test\b/.test(command)) found.push(parseCargoTest(output));
  if (found.length === 0 && /^(TAP version 1[34]|1\.\.\d+)\r?$/m.test(output)) found.push(parseTap(output));
  if (found.length === 0) return undefined;
  return { cases: found.flatMap(({ cases }) => cases), problem: found.find(({ problem }) => problem !== undefined)?.problem };
}

function coverageOf(files: ReadonlyMap<string, string>): CoverageReport | undefined {
  const found = [...files].flatMap(([name, text]) => {
    if (name.endsWith(".lcov")) return [parseLcov(text)];
    if (name.endsWith(".cover")) return [parseGoCover(text)];
    return name.endsWith(".cobertura.xml") ? [parseCobertura(text)] : [];
  });
  const merged = new Map<string, Map<number, number>>();
  for (const report of found) {
    for (const [path, counts] of report.files) {
      const known = merged.get(path) ?? new Map<number, number>();
      for (const [line, hits] of counts) known.set(line, Math.max(known.get(line) ?? 0, hits));
      merged.set(path, known);
    }
  }
  return merged.size === 0 ? undefined : { files: merged };
}

function measured(report: CoverageReport, changed: readonly ChangedLines[]): NonNullable<StoredResult["coverage"]> {
  const { covered, coverable, files } = coverageOfChangedLines(report, changed);
  let [ran, lines] = [0, 0];
  for (const counts of report.files.values()) for (const hits of counts.values()) [ran, lines] = [ran + (hits > 0 ? 1 : 0), lines + 1];
  const missed = files.filter((file) => file.missed.length > 0).map(({ path, missed }) => ({ path, lines: missed.slice(0, MOST_LINES) }));
  return { covered, coverable, total: lines === 0 ? null : Math.round((1_000 * ran) / lines) / 10, missed: missed.slice(0, MOST_FILES) };
}

function findingsOf(kind: "lint" | "types", output: string, files: ReadonlyMap<string, string>): FindingsReport | undefined {
  const eslint = [...files].filter(([name]) => name.endsWith(".eslint.json")).map(([, text]) => parseEslintJson(text));
  if (eslint.length > 0) return joined(eslint);
  const printed = files.get("output.txt") ?? output;
  if (/^\s*\[\s*\{\s*"(cell|code)"/.test(printed)) return parseRuffJson(printed);
  const tsc = parseTsc(printed);
  if (tsc.findings.length > 0 || (kind === "types" && /\btsc\b/.test(printed))) return tsc;
  const lines = parseLineFindings(printed);
  return lines.findings.length > 0 ? lines : undefined;
}

function joined(reports: readonly FindingsReport[]): FindingsReport {
  const findings: Finding[] = reports.flatMap((report) => [...report.findings]);
  return { findings, problem: reports.find(({ problem }) => problem !== undefined)?.problem };
}

function reasonOf(exit: Exclude<AttemptExit, { kind: "exited" }>): string {
  return exit.kind === "signalled" ? `It was ended by ${exit.signal}.` : exit.failure.message;
}
