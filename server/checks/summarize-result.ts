import type { CheckComparison, CheckOutcome, NamedFinding, NamedTest } from "@/lib/run/check-events";
import { CHECK_NAMED_LIMIT, CHECK_TAIL_LIMIT } from "@/lib/run/check-names";
import { firstCharacters, lastCharacters, plainText } from "@/lib/run/plain-text";
import type { KeptResult } from "./check-store";
import { compareFindings, type FindingsComparison } from "./reports/compare-findings";
import { type ComparedTest, compareReports, type TestComparison } from "./reports/compare-reports";
import type { StoredResult } from "./stored-result";
import { hasFailed, settledTests } from "./test-verdicts";

const MESSAGE = 600;
const MISSED_FILES = 10;
const MISSED_LINES = 50;

/** What the log says of a result: counts, and the first of what is worth naming. */
export function summarizeResult({ result, output }: KeptResult, cached: boolean): CheckOutcome {
  const { verdict, exitCode, durationMs, reason, size } = result;
  return {
    verdict,
    cached,
    durationMs,
    exitCode,
    ...(reason === undefined ? {} : { reason: plainText(reason) }),
    ...testsOf(result),
    ...findingsOf(result),
    ...coverageOf(result),
    ...(size === undefined ? {} : { size }),
    tail: plainText(lastCharacters(output, CHECK_TAIL_LIMIT)),
    outputLength: output.length,
  };
}

function testsOf({ reports }: StoredResult): Pick<CheckOutcome, "tests"> {
  if (reports === undefined) return {};
  const tests = settledTests(reports);
  const count = (of: (status: string) => boolean): number => tests.filter(({ status }) => of(status)).length;
  const isFailure = (status: string): boolean => status === "failed" || status === "errored";
  const failing = tests.filter(({ status }) => isFailure(status)).slice(0, CHECK_NAMED_LIMIT);
  return {
    tests: {
      total: tests.length,
      passed: count((status) => status === "passed"),
      failed: count(isFailure),
      skipped: count((status) => status === "skipped"),
      flaky: count((status) => status === "flaky"),
      failing: failing.map(namedTest),
    },
  };
}

function findingsOf({ findings }: StoredResult): Pick<CheckOutcome, "findings"> {
  if (findings === undefined) return {};
  const errors = findings.findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.findings.length - errors;
  return { findings: { errors, warnings, first: findings.findings.slice(0, CHECK_NAMED_LIMIT).map(namedFinding) } };
}

function coverageOf({ coverage }: StoredResult): Pick<CheckOutcome, "coverage"> {
  if (coverage === undefined) return {};
  const missed = coverage.missed
    .slice(0, MISSED_FILES)
    .map(({ path, lines }) => ({ path: plainText(path), lines: lines.slice(0, MISSED_LINES) }));
  return { coverage: { ...coverage, missed } };
}

/** Both sides of a check held against each other, whole. */
export interface WholeComparison {
  tests?: TestComparison;
  findings?: FindingsComparison;
}

export function compareResults(base: StoredResult, target: StoredResult): WholeComparison {
  const [before, after] = [foundBy(base), foundBy(target)];
  const named = base.findings !== undefined || target.findings !== undefined;
  return {
    ...(base.reports !== undefined && target.reports !== undefined ? { tests: compareReports(base.reports, target.reports) } : {}),
    ...(named && before !== undefined && after !== undefined ? { findings: compareFindings(before, after) } : {}),
  };
}

/** What passes and names nothing has found nothing. */
function foundBy({ findings, verdict }: StoredResult): readonly NamedFinding[] | undefined {
  return findings?.findings ?? (verdict === "passed" ? [] : undefined);
}

/** What the log says of a comparison. */
export function summarizeComparison(base: StoredResult, target: StoredResult): CheckComparison {
  const { tests, findings } = compareResults(base, target);
  return {
    ...(tests === undefined ? {} : { tests: comparedTests(tests) }),
    ...(findings === undefined
      ? {}
      : {
          findings: {
            introduced: findings.introduced.length,
            fixed: findings.fixed.length,
            kept: findings.kept,
            introducedFirst: findings.introduced.slice(0, CHECK_NAMED_LIMIT).map(namedFinding),
          },
        }),
    broke: breaks(base, target, tests),
  };
}

/** It passed on the base and does not here, and that is not merely because of tests that the base has not or that failed there already. */
function breaks(base: StoredResult, target: StoredResult, tests: TestComparison | undefined): boolean {
  if (base.verdict !== "passed") return false;
  // A suite that says nothing any more is no suite that passes.
  if (someTests(base) && target.verdict !== "error" && !someTests(target)) return true;
  if (target.verdict !== "failed") return false;
  if (tests === undefined || tests.newlyFailing.length > 0) return true;
  return !tests.added.some(({ variation }) => variation !== undefined && hasFailed(variation)) && tests.stillFailing.length === 0;
}

function someTests({ reports = [] }: StoredResult): boolean {
  return reports.some(({ cases }) => cases.some(({ status }) => status !== "skipped"));
}

function comparedTests(tests: TestComparison): NonNullable<CheckComparison["tests"]> {
  const added = tests.added.map(({ variation }) => variation).filter((found) => found !== undefined);
  const first = (list: readonly ComparedTest[]): NamedTest[] => list.slice(0, CHECK_NAMED_LIMIT).map(comparedName);
  return {
    broken: tests.newlyFailing.length,
    brokenFirst: first(tests.newlyFailing),
    fixed: tests.newlyPassing.length,
    stillFailing: tests.stillFailing.length,
    stillPassing: tests.stillPassing,
    added: {
      passed: added.filter(({ status }) => status === "passed").length,
      failed: added.filter(hasFailed).length,
      skipped: added.filter(({ status }) => status === "skipped").length,
      failing: added.filter(hasFailed).slice(0, CHECK_NAMED_LIMIT).map(namedTest),
    },
    removed: tests.removed.length,
    newlySkipped: tests.newlySkipped.length,
    flaky: tests.flaky.length,
    incomplete: tests.incomplete,
  };
}

/** As events and routes name a test of a comparison: with what it says in the target. */
export function comparedName({ name, file, variation }: ComparedTest): NamedTest {
  return namedTest({ name, file, message: variation?.message });
}

export function namedTest({ name, file, message }: { name: string; file?: string; message?: string }): NamedTest {
  return {
    name: plainText(name),
    ...(file === undefined ? {} : { file: plainText(file) }),
    ...(message === undefined ? {} : { message: plainText(firstCharacters(message, MESSAGE)) }),
  };
}

export function namedFinding({ file, line, rule, severity, message }: NamedFinding): NamedFinding {
  return { file: plainText(file), line, rule: plainText(rule), severity, message: plainText(firstCharacters(message, 300)) };
}
