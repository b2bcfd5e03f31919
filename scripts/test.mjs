// npm test: everything that must hold, from a fresh clone. The last line is the sum: `N passed, N failed`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { setUp } from "./setup.mjs";
import { duration, fail, root, run } from "./step.mjs";

/** Tests bring their own configuration: nothing of this shell's may reach a real provider or a real database. */
for (const name of Object.keys(process.env)) if (/^(AIDEATOR_|ANTHROPIC_|DATABASE_URL$|HOST$|PORT$)/.test(name)) delete process.env[name];

const results = mkdtempSync(join(tmpdir(), "aideator-test-"));
const tool = (path) => join(root, "node_modules", path);
const checks = [
  { title: "Lint", script: tool("eslint/bin/eslint.js"), args: [".", "--max-warnings", "0"] },
  { title: "Format", script: tool("@biomejs/biome/bin/biome"), args: ["check", "."] },
  { title: "Types", script: tool("typescript/bin/tsc"), args: ["--noEmit"] },
];
const unitFile = join(results, "unit.json");
const faultsFile = join(results, "faults.json");
const endToEndFile = join(results, "e2e.json");
const suites = [
  {
    title: "Unit tests",
    script: tool("vitest/vitest.mjs"),
    args: ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${unitFile}`],
    count: () => countVitest(unitFile),
  },
  {
    title: "Browser tests",
    script: tool("@playwright/test/cli.js"),
    args: ["test"],
    env: { AIDEATOR_E2E_REPORT: endToEndFile },
    count: () => countPlaywright(endToEndFile),
  },
  {
    title: "Faults",
    script: tool("tsx/dist/cli.mjs"),
    args: ["e2e/faults/run.ts", "--short", "--json", faultsFile],
    count: () => countFaults(faultsFile),
  },
];

try {
  await setUp({ browser: true });
  await build();
} catch (error) {
  process.stdout.write("0 passed, 1 failed\n");
  fail(error);
}

const failed = [];
const total = { passed: 0, failed: 0, skipped: 0 };
for (const check of checks) await perform(check);
for (const suite of suites) {
  const ok = await perform(suite);
  const counts = suite.count();
  // A runner that ended badly without a failed test (a file that cannot be loaded, a crash) is a failure too.
  if (!ok && counts.failed === 0) counts.failed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
}
rmSync(results, { recursive: true, force: true });
if (failed.length > 0) process.stdout.write(`Failed: ${failed.join(", ")}\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}\n`);
process.exitCode = failed.length > 0 || total.failed > 0 ? 1 : 0;

/** Runs one of the above with its output shown; true when it ended well. */
async function perform({ title, script, args, env }) {
  const start = performance.now();
  process.stdout.write(`\n— ${title}\n`);
  const { code } = await run(process.execPath, [script, ...args], { env, show: true });
  process.stdout.write(`${code === 0 ? "✓" : "✗"} ${title.padEnd(16)} ${duration(performance.now() - start).padStart(8)}\n`);
  if (code !== 0) failed.push(title.toLowerCase());
  return code === 0;
}

function countVitest(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(file, "utf8"));
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests + report.numTodoTests };
}

function countPlaywright(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  const { stats } = JSON.parse(readFileSync(file, "utf8"));
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

function countFaults(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  const { outcomes } = JSON.parse(readFileSync(file, "utf8"));
  const passed = outcomes.filter(({ ok }) => ok).length;
  return { passed, failed: outcomes.length - passed, skipped: 0 };
}
