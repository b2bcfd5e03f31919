import { formatDuration } from "@/lib/format";
import type { FindingCounts } from "@/lib/run/check-events";
import type { CheckRun } from "@/lib/run/check-state";
import { type GateTone, toneOf } from "@/lib/run/check-table";

/** The shape that stands before a value. */
export type CellMark = "passed" | "failed" | "better" | "worse" | "none" | "queued" | "running" | "error" | "skipped";

/** `ok` and `bad` are coloured, `same` and `none` grey, `plain` is a value like any other. */
export type CellTone = "ok" | "bad" | "same" | "none" | "open" | "plain";

/** What one cell of the gates table says. */
export interface CellWords {
  mark?: CellMark;
  tone: CellTone;
  value: string;
  /** Smaller, after the value. */
  note?: string;
  /** All of it for those who see neither shape nor colour: `passed, 6.2s`. */
  words: string;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

const absent: CellWords = { mark: "none", tone: "none", value: "—", words: "not run" };

/** What is the same for every kind: nothing yet, under way, or no verdict. Undefined once there is one. */
function unsettled(run: CheckRun | undefined): CellWords | undefined {
  if (run === undefined) return absent;
  const reason = run.outcome?.reason;
  switch (run.status) {
    case "queued":
      return { mark: "queued", tone: "open", value: "queued", words: "queued" };
    case "running":
      return { mark: "running", tone: "open", value: "running", words: "running" };
    case "error":
      return { mark: "error", tone: "none", value: "no verdict", note: reason, words: `no verdict: ${reason ?? "it broke off"}` };
    case "skipped":
      return { mark: "skipped", tone: "none", value: "skipped", note: reason, words: `skipped: ${reason ?? "it could not be tried"}` };
    default:
      return undefined;
  }
}

/** How a verdict looks: red only where it is worse than the base, or where the base says nothing. */
function looksOf(tone: GateTone): { tone: CellTone; mark: CellMark } {
  if (tone === "failed" || tone === "worse") return { tone: "bad", mark: "failed" };
  if (tone === "same") return { tone: "same", mark: "failed" };
  return { tone: "ok", mark: "passed" };
}

/** The main line of any check that is no test: by its findings where it names them. */
export function verdictCell(run: CheckRun | undefined): CellWords {
  const settled = unsettled(run);
  if (settled !== undefined || run === undefined) return settled ?? absent;
  const { findings } = run.outcome ?? {};
  if (findings !== undefined && (findings.errors + findings.warnings > 0 || run.comparison?.findings !== undefined)) {
    return findingsCell(run, findings);
  }
  const looks = looksOf(toneOf(run));
  const isBase = run.target === "base";
  const took = run.outcome === undefined || run.outcome.durationMs === 0 ? undefined : formatDuration(run.outcome.durationMs);
  // That it found nothing says more than how long it looked.
  const good = run.kind === "secrets" ? "none" : took;
  const word = run.status === "passed" ? "passed" : looks.tone === "same" ? "fails as the base does" : "failed";
  const note = run.status === "passed" ? good : looks.tone === "same" ? "as base" : "failed";
  return {
    mark: looks.mark,
    tone: isBase ? "same" : looks.tone,
    value: "",
    note,
    words: [word, run.kind === "secrets" ? good : took].filter(Boolean).join(", "),
  };
}

function findingsCell(run: CheckRun, { errors, warnings }: FindingCounts): CellWords {
  const total = errors + warnings;
  const detail = [...(errors > 0 ? [count(errors, "error")] : []), ...(warnings > 0 ? [count(warnings, "warning")] : [])].join(", ");
  const compared = run.comparison?.findings;
  if (run.target === "base") {
    return { mark: run.status === "failed" ? "failed" : undefined, tone: "same", value: detail || "none", words: detail || "none" };
  }
  if (compared === undefined) {
    const failed = run.status === "failed";
    const mark = failed ? "failed" : "passed";
    return { mark, tone: failed ? "bad" : "ok", value: "", note: detail, words: `${failed ? "failed" : "passed"}, ${detail || "none"}` };
  }
  const { introduced, fixed } = compared;
  const by = introduced - fixed;
  const changes = [...(introduced > 0 ? [`${introduced} new`] : []), ...(fixed > 0 ? [`${fixed} fixed`] : [])].join(", ");
  const value = String(total);
  if (by > 0) {
    return { mark: "worse", tone: "bad", value, note: `${by} worse`, words: `${detail || "none"}, ${by} worse than the base: ${changes}` };
  }
  if (run.status === "failed" && toneOf(run) === "worse") {
    return { mark: "failed", tone: "bad", value, note: changes || "fails", words: `failed, passed on the base; ${detail}` };
  }
  if (by < 0) {
    const words = `${detail || "none"}, ${-by} better than the base: ${changes}`;
    return { mark: "better", tone: "ok", value, note: `${-by} better`, words };
  }
  if (changes !== "") return { tone: "same", value, note: changes, words: `${detail}, as many as the base: ${changes}` };
  if (total === 0) return { mark: "passed", tone: "ok", value: "", words: "passed, none" };
  return { tone: "same", value, words: `${detail}, same as base` };
}

/** The tests that the base has too. */
export function suiteCell(run: CheckRun | undefined): CellWords {
  const tests = run?.outcome?.tests;
  const settled = unsettled(run);
  if (settled !== undefined || run === undefined || tests === undefined) return settled ?? verdictCell(run);
  if (run.target === "base") return baseSuite(run, tests);
  const compared = run.comparison?.tests;
  const looks = looksOf(toneOf(run));
  if (compared === undefined) {
    const value = `${tests.passed} of ${tests.total}`;
    const notes = [...(tests.failed > 0 ? [`${tests.failed} failed`] : []), ...flakyNote(tests.flaky)].join(", ");
    return { ...looks, value, note: notes || undefined, words: `${run.status}, ${value} pass${notes === "" ? "" : `, ${notes}`}` };
  }
  const { broken, fixed, stillFailing, removed, newlySkipped, flaky, stillPassing, incomplete } = compared;
  const passing = stillPassing + fixed;
  const notes = [
    ...(broken > 0 ? [`${broken} broke`] : []),
    ...(fixed > 0 ? [`${fixed} fixed`] : []),
    ...(stillFailing > 0 ? [`${stillFailing} fail as base`] : []),
    ...flakyNote(flaky),
    ...(newlySkipped > 0 ? [`${newlySkipped} now skipped`] : []),
    ...(removed > 0 ? [`${removed} removed`] : []),
    ...(incomplete ? ["report incomplete"] : []),
  ];
  const fallen = broken === 0 && run.comparison?.broke === true && compared.added.failed === 0;
  if (fallen) notes.unshift(run.outcome?.exitCode == null ? "fails" : `exit code ${run.outcome.exitCode}`);
  // Its own new tests have a line of their own: what fails there is not said here.
  const bad = broken > 0 || fallen;
  const tone: CellTone = bad ? "bad" : stillFailing > 0 ? "same" : "ok";
  const word = bad ? "worse than the base" : stillFailing > 0 ? "fails as the base does" : "passed";
  return {
    mark: tone === "ok" ? "passed" : "failed",
    tone,
    value: String(passing),
    note: notes.join(", ") || undefined,
    words: `${word}, ${count(passing, "test")} of the base pass${notes.length === 0 ? "" : `; ${notes.join(", ")}`}`,
  };
}

function baseSuite(run: CheckRun, { passed, total, flaky }: NonNullable<NonNullable<CheckRun["outcome"]>["tests"]>): CellWords {
  const value = `${passed} of ${total}`;
  const note = flakyNote(flaky)[0];
  return { mark: run.status === "failed" ? "failed" : undefined, tone: "same", value, note, words: `${run.status}, ${value} pass` };
}

function flakyNote(flaky: number): string[] {
  return flaky > 0 ? [`${flaky} flaky`] : [];
}

/** The tests that only this target has. */
export function newTestsCell(run: CheckRun | undefined): CellWords {
  if (run === undefined || run.target === "base") return { ...absent, words: "nothing to compare" };
  const settled = unsettled(run);
  if (settled !== undefined) return { ...settled, note: undefined };
  const added = run.comparison?.tests?.added;
  if (added === undefined) return { ...absent, words: "not known until the base is checked" };
  const { passed, failed, skipped } = added;
  const total = passed + failed + skipped;
  if (total === 0) return { ...absent, note: "wrote none", words: "wrote none" };
  const note = skipped > 0 ? `${skipped} skipped` : undefined;
  if (failed > 0) return { mark: "failed", tone: "bad", value: `${passed}/${total}`, note, words: `${failed} of ${total} new tests fail` };
  return { mark: "passed", tone: "ok", value: String(passed), note, words: `${count(passed, "new test")} pass` };
}

/** Changed lines that ran, in whole percent, rounded down so that 100 means all; undefined where there is nothing to cover. */
export function coveredPercent(run: CheckRun | undefined): number | undefined {
  const coverage = run?.outcome?.coverage;
  if (coverage === undefined || coverage.coverable === 0) return undefined;
  return Math.floor((100 * coverage.covered) / coverage.coverable);
}

/** How much of what changed the tests ran. */
export function coverageCell(run: CheckRun | undefined): CellWords {
  const settled = unsettled(run);
  if (settled !== undefined || run === undefined) return settled ?? absent;
  const { coverage } = run.outcome ?? {};
  const percent = coveredPercent(run);
  if (coverage === undefined)
    return run.kind === "coverage" && run.target !== "base" ? verdictCell(run) : { ...absent, words: "not measured" };
  if (run.target === "base") {
    const total = coverage.total === null ? "—" : `${Math.round(coverage.total)} %`;
    return { tone: "same", value: total, words: coverage.total === null ? "not measured" : `${total} of all lines` };
  }
  if (percent === undefined) return { ...absent, note: "no code changed", words: "no changed line that can run" };
  const words = `${coverage.covered} of ${count(coverage.coverable, "changed line")} ran`;
  if (run.status === "failed" && run.kind === "coverage") {
    const { tone } = looksOf(toneOf(run));
    return { mark: "failed", tone, value: `${percent} %`, note: "failed", words: `failed; ${words}` };
  }
  return { tone: "plain", value: `${percent} %`, words };
}
