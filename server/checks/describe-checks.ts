import type { CheckDetailsResponse, CheckRunResponse, CrossTestResponse } from "@/lib/protocol/checks";
import type { CheckRun, CrossTest } from "@/lib/run/check-state";
import type { ComparedTest } from "./reports/compare-reports";
import type { StoredResult } from "./stored-result";
import { comparedName, compareResults, namedFinding, namedTest } from "./summarize-result";
import { settledTests } from "./test-verdicts";

/** Entries of one list of the route. */
const MOST = 5_000;

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

/** As the API names it. */
export function describeCheck(check: CheckRun): CheckRunResponse {
  const { id, target, commit, tree, check: name, kind, command = null, status, queuedAt, startedAt, endedAt } = check;
  return {
    id,
    target,
    commit,
    tree,
    check: name,
    name: check.name,
    kind,
    command,
    status,
    queued_at: new Date(queuedAt).toISOString(),
    started_at: iso(startedAt),
    ended_at: iso(endedAt),
    outcome: check.outcome ?? null,
    comparison: check.comparison ?? null,
  };
}

export function describeCross({ id, tests, code, files, status, outcome }: CrossTest): CrossTestResponse {
  return {
    id,
    tests,
    code,
    files,
    status,
    passed: outcome?.passed ?? 0,
    total: outcome?.total ?? 0,
    duration_ms: outcome?.durationMs ?? null,
    cached: outcome?.cached ?? false,
    reason: outcome?.reason ?? null,
    failing: [...(outcome?.failing ?? [])],
    tail: outcome?.tail ?? "",
    output_length: outcome?.outputLength ?? 0,
  };
}

/** With what is kept of it beside the log; `base`: the result that it was compared with. */
export function describeDetails(check: CheckRun, result: StoredResult | undefined, base: StoredResult | undefined): CheckDetailsResponse {
  let truncated = false;
  function some<T, R>(list: readonly T[], describe: (item: T) => R): R[] {
    truncated ||= list.length > MOST;
    return list.slice(0, MOST).map(describe);
  }
  const tests = some(settledTests(result?.reports ?? []), (test) => ({
    ...namedTest(test),
    status: test.status,
    duration_ms: test.durationMs ?? null,
  }));
  const compared = result === undefined || base === undefined ? undefined : compareResults(base, result);
  const named = (list: readonly ComparedTest[] | undefined) => some(list ?? [], comparedName);
  return {
    ...describeCheck(check),
    tests,
    findings: some(result?.findings?.findings ?? [], namedFinding),
    missed: result?.coverage?.missed ?? [],
    compared:
      compared === undefined
        ? null
        : {
            broken: named(compared.tests?.newlyFailing),
            fixed: named(compared.tests?.newlyPassing),
            still_failing: named(compared.tests?.stillFailing),
            added: some(compared.tests?.added ?? [], (test) => ({ ...comparedName(test), status: test.variation?.status ?? "errored" })),
            removed: named(compared.tests?.removed),
            newly_skipped: named(compared.tests?.newlySkipped),
            flaky: named(compared.tests?.flaky),
            introduced: some(compared.findings?.introduced ?? [], namedFinding),
            fixed_findings: some(compared.findings?.fixed ?? [], namedFinding),
          },
    truncated,
  };
}
