import type { CheckDetailsResponse } from "@/lib/protocol/checks";
import type { NamedFinding, NamedTest } from "@/lib/run/check-events";
import type { CheckRun } from "@/lib/run/check-state";

export type GroupTone = "bad" | "warn" | "ok" | "quiet";

/** Tests or findings that are to be told of together, the worst group first. */
export interface DetailGroup<T> {
  key: string;
  title: string;
  tone: GroupTone;
  /** How many there are; `items` may be the first of them. */
  count: number;
  items: readonly T[];
  /** Open from the start. */
  open: boolean;
}

/** What there is to say of the tests of a check: from the log, and whole once `details` are there. */
export function testGroups({ comparison, outcome, target }: CheckRun, details?: CheckDetailsResponse): DetailGroup<NamedTest>[] {
  const tests = comparison?.tests;
  const all = details?.compared ?? undefined;
  const flakyNow = details?.tests.filter(({ status }) => status === "flaky") ?? [];
  const flaky = all === undefined || all.flaky.length === 0 ? flakyNow : all.flaky;
  const flakyCount = tests?.flaky ?? outcome?.tests?.flaky ?? 0;
  const shaky = group("flaky", "Flaky: passed and failed on the same tree", "warn", flakyCount, flaky, true);
  if (tests === undefined) {
    const failing = details?.tests.filter(({ status }) => status === "failed" || status === "errored");
    const title = target === "base" ? "Fail on the base" : "Fail";
    return [group("failing", title, "bad", outcome?.tests?.failed ?? 0, failing ?? outcome?.tests?.failing ?? [], true), shaky].filter(
      isThere,
    );
  }
  const { added } = tests;
  const newFailing = all?.added.filter(({ status }) => status === "failed" || status === "errored") ?? added.failing;
  const newPassing = all?.added.filter(({ status }) => status === "passed") ?? [];
  const newSkipped = all?.added.filter(({ status }) => status === "skipped") ?? [];
  return [
    group("broken", "Fail here, passed on the base", "bad", tests.broken, all?.broken ?? tests.brokenFirst, true),
    group("new-failing", "New, and fail", "bad", added.failed, newFailing, true),
    shaky,
    group("still", "Fail here as on the base", "quiet", tests.stillFailing, all?.still_failing ?? [], false),
    group("skipped", "Skipped here, not on the base", "warn", tests.newlySkipped, all?.newly_skipped ?? [], false),
    group("removed", "On the base only", "warn", tests.removed, all?.removed ?? [], false),
    group("fixed", "Pass here, failed on the base", "ok", tests.fixed, all?.fixed ?? [], false),
    group("new-passing", "New, and pass", "ok", added.passed, newPassing, false),
    group("new-skipped", "New, and skipped", "quiet", added.skipped, newSkipped, false),
  ].filter(isThere);
}

/** Findings as a delta to the base where there is one, else all of them. */
export function findingGroups({ comparison, outcome }: CheckRun, details?: CheckDetailsResponse): DetailGroup<NamedFinding>[] {
  const found = outcome?.findings;
  if (found === undefined) return [];
  const total = found.errors + found.warnings;
  const compared = comparison?.findings;
  if (compared === undefined) return [group("found", "Found", "bad", total, details?.findings ?? found.first, true)].filter(isThere);
  const all = details?.compared ?? undefined;
  const introduced = all?.introduced ?? compared.introducedFirst;
  const known = new Set(introduced.map(keyOf));
  const kept = (details?.findings ?? []).filter((finding) => !known.has(keyOf(finding)));
  return [
    group("introduced", "New here", "bad", compared.introduced, introduced, true),
    group("fixed", "On the base, not here", "ok", compared.fixed, all?.fixed_findings ?? [], false),
    group("kept", "As on the base", "quiet", compared.kept, kept, false),
  ].filter(isThere);
}

function keyOf({ file, line, rule, message }: NamedFinding): string {
  return [file, line, rule, message].join("\n");
}

function group<T>(key: string, title: string, tone: GroupTone, count: number, items: readonly T[], open: boolean): DetailGroup<T> {
  return { key, title, tone, count: Math.max(count, items.length), items, open };
}

function isThere<T>({ count }: DetailGroup<T>): boolean {
  return count > 0;
}

/** `1–3, 7, 9–10`; the lines are in order. */
export function lineRanges(lines: readonly number[]): string[] {
  const ranges: [number, number][] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last !== undefined && line === last[1] + 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`));
}
