// A reporter of Vitest: its JSON one does not say which tests passed only at their second try.
import { writeFileSync } from "node:fs";

/** Writes `{ passed, skipped, failed: [{ name, why }], flaky: [name] }` to AIDEATOR_UNIT_REPORT when all tests have ended. */
export default class UnitReporter {
  onTestRunEnd(modules, unhandled) {
    const report = { passed: 0, skipped: 0, failed: [], flaky: [] };
    for (const file of modules) {
      // A file that cannot be loaded has no tests, but errors.
      for (const error of file.errors()) report.failed.push({ name: file.relativeModuleId, why: error.message });
      for (const test of file.children.allTests()) {
        const name = `${file.relativeModuleId} › ${test.fullName}`;
        const { state, errors } = test.result();
        if (state === "failed") report.failed.push({ name, why: errors?.[0]?.message ?? "" });
        else report[state === "passed" ? "passed" : "skipped"] += 1;
        if (test.diagnostic()?.flaky) report.flaky.push(name);
      }
    }
    for (const error of unhandled) report.failed.push({ name: "outside any test", why: error.message });
    writeFileSync(process.env.AIDEATOR_UNIT_REPORT, JSON.stringify(report));
  }
}
