// What the runners of `npm test` wrote, in one form: `{ passed, skipped, failed: [{ name, why }], flaky: [name] }`.
import { existsSync, readFileSync } from "node:fs";

const nothing = { passed: 0, skipped: 0, failed: [], flaky: [] };

function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** What unit-reporter.mjs wrote. */
export function readUnit(file) {
  return read(file) ?? nothing;
}

/** Playwright's JSON report. */
export function readBrowser(file) {
  const report = { passed: 0, skipped: 0, failed: [], flaky: [] };
  const walk = ({ suites = [], specs = [] }) => {
    for (const spec of specs) {
      const name = `${spec.file} › ${spec.title}`;
      for (const { status, results } of spec.tests) {
        if (status === "unexpected") report.failed.push({ name, why: results.at(-1)?.error?.message ?? "" });
        else report[status === "skipped" ? "skipped" : "passed"] += 1;
        if (status === "flaky") report.flaky.push(name);
      }
    }
    for (const suite of suites) walk(suite);
  };
  const json = read(file);
  if (json === undefined) return nothing;
  walk(json);
  for (const error of json.errors ?? []) report.failed.push({ name: "outside any test", why: error.message ?? "" });
  return report;
}

/** The outcomes of e2e/faults/run.ts. */
export function readFaults(file) {
  const outcomes = read(file)?.outcomes ?? [];
  const failed = outcomes.filter(({ ok }) => !ok).map(({ name, problems }) => ({ name, why: problems[0] ?? "" }));
  return { passed: outcomes.length - failed.length, skipped: 0, failed, flaky: [] };
}
