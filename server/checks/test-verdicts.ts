import type { TestCase, TestReport } from "./reports/test-report";

export function hasFailed({ status }: TestCase): boolean {
  return status === "failed" || status === "errored";
}

/** Keys (`file\0name`) of the tests that both passed and failed in runs of one tree. */
export function flakyTests(reports: readonly TestReport[]): ReadonlySet<string> {
  const before = new Map<string, boolean>();
  const flaky = new Set<string>();
  for (const { cases } of reports) {
    for (const found of cases) {
      if (found.status === "skipped") continue;
      const key = `${found.file ?? ""}\0${found.name}`;
      const failed = hasFailed(found);
      if (before.has(key) && before.get(key) !== failed) flaky.add(key);
      before.set(key, failed);
    }
  }
  return flaky;
}

/** Each test once, as its last run that did not merely stand aside says; `flaky` where its runs disagree. */
export function settledTests(reports: readonly TestReport[]): (Omit<TestCase, "status"> & { status: TestCase["status"] | "flaky" })[] {
  const flaky = flakyTests(reports);
  const tests = new Map<string, TestCase>();
  for (const { cases } of reports) {
    for (const found of cases) {
      const key = `${found.file ?? ""}\0${found.name}`;
      if (!tests.has(key) || found.status !== "skipped") tests.set(key, found);
    }
  }
  return [...tests].map(([key, found]) => (flaky.has(key) ? { ...found, status: "flaky" } : found));
}
