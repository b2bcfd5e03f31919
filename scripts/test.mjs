// npm test: everything that must hold, from a fresh clone. The last line is the sum: `N passed, N failed`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { setUp } from "./setup.mjs";
import { duration, fail, root, run } from "./step.mjs";
import { readBrowser, readFaults, readUnit } from "./test-reports.mjs";

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
    args: ["run", "--reporter=default", `--reporter=${join(root, "scripts/unit-reporter.mjs")}`],
    env: { AIDEATOR_UNIT_REPORT: unitFile },
    report: () => readUnit(unitFile),
  },
  {
    title: "Browser tests",
    script: tool("@playwright/test/cli.js"),
    args: ["test"],
    env: { AIDEATOR_E2E_REPORT: endToEndFile },
    report: () => readBrowser(endToEndFile),
  },
  {
    title: "Faults",
    script: tool("tsx/dist/cli.mjs"),
    args: ["e2e/faults/run.ts", "--short", "--json", faultsFile],
    report: () => readFaults(faultsFile),
  },
];

try {
  await setUp({ browser: true, containers: true });
  await build();
} catch (error) {
  process.stdout.write("0 passed, 1 failed\n");
  fail(error);
}

const failed = [];
const total = { passed: 0, failed: 0, skipped: 0 };
const news = [];
for (const check of checks) await perform(check);
for (const suite of suites) {
  const ok = await perform(suite);
  const { passed, skipped, failed: fallen, flaky } = suite.report();
  total.passed += passed;
  total.skipped += skipped;
  // A runner that ended badly without a failed test (a crash) is a failure too.
  total.failed += !ok && fallen.length === 0 ? 1 : fallen.length;
  for (const { name, why } of fallen) news.push(`✗ ${name}\n    ${firstLines(why)}`);
  for (const name of flaky) news.push(`! ${name}: passed at the second try only`);
}
rmSync(results, { recursive: true, force: true });
// What is above may be thousands of lines, or cut.
if (news.length > 0) process.stdout.write(`\n${news.join("\n")}\n`);
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

/** Without the colours of terminals, one line, short. */
function firstLines(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour
  return text
    .replace(/\u001b\[[0-9;]*m/g, "")
    .replace(/\s+/g, " ")
    .slice(0, 400);
}
