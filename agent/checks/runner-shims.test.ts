import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseLcov } from "@/server/checks/reports/coverage-report";
import { parseEslintJson } from "@/server/checks/reports/findings";
import { parseJestJson } from "@/server/checks/reports/json-report";
import { collectReports } from "./collect-reports";
import { failingFiles } from "./failing-files";
import { reportVariables, writeShims } from "./runner-shims";

// The real runners of this project, started by npm as a project's own scripts would be.
let dir: string;
let tree: string;
let reports: string;
let path: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "aid-shims-"));
  const reporter = join(dir, "test-reporter.mjs");
  const entry = fileURLToPath(new URL("test-reporter.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile: reporter, bundle: true, platform: "node", format: "esm", logLevel: "silent" });
  path = writeShims({ folder: join(dir, "programs"), node: process.execPath, reporter }, process.env.PATH ?? "");
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));
beforeEach(() => {
  tree = mkdtempSync(join(dir, "tree-"));
  reports = mkdtempSync(join(dir, "reports-"));
  symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(tree, "node_modules"));
});

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(tree, name, ".."), { recursive: true });
    writeFileSync(join(tree, name), text);
  }
}

function run(command: string, options: Partial<Parameters<typeof reportVariables>[1]> = {}): number | null {
  const own = reportVariables(reports, { coverage: "cheap", only: [], again: false, ...options });
  // Not what this test's own runner tells its children.
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  return spawnSync("/bin/bash", ["-c", command], { cwd: tree, env: { ...env, PATH: path, CI: "1", ...own }, encoding: "utf8" }).status;
}

function report(ending: string): string {
  const name = readdirSync(reports).find((one) => one.endsWith(ending));
  if (name === undefined) throw new Error(`no ${ending} among ${readdirSync(reports).join(", ")}`);
  return readFileSync(join(reports, name), "utf8");
}

const cases = (): string[] =>
  parseJestJson(report(".jest.json")).cases.map(({ name, file = "", status }) => `${file.replace(`${tree}/`, "")} ${name} ${status}`);

describe("what stands before node", () => {
  it("asks node:test for names, files and covered lines", () => {
    write({
      "package.json": JSON.stringify({ type: "module", scripts: { test: "node --import ./hook.mjs --test test/*.mjs" } }),
      "hook.mjs": "",
      "lib.mjs": "export function one() {\n  return 1;\n}\nexport function two() {\n  return 2;\n}\n",
      "test/a.mjs": `import { describe, it } from "node:test"; import assert from "node:assert"; import { one } from "../lib.mjs";
describe("group", () => { it("holds", () => assert.equal(one(), 1)); it("does not", () => assert.equal(one(), 2)); it.skip("waits", () => {}); });`,
      "test/b.mjs": `import { three } from "../lib.mjs"; three();`,
    });
    expect(run("npm run test")).toBe(1);
    expect(cases()).toEqual([
      "test/a.mjs group > holds passed",
      "test/a.mjs group > does not failed",
      "test/a.mjs group > waits skipped",
      `test/b.mjs ${tree}/test/b.mjs errored`,
    ]);
    expect(parseJestJson(report(".jest.json")).cases.at(-1)?.message).toContain("does not provide an export named 'three'");
    const lines = parseLcov(report(".lcov")).files.get("lib.mjs");
    expect([lines?.get(2), lines?.get(5)].map((hits) => (hits ?? 0) > 0)).toEqual([true, false]);
    expect(failingFiles(reports)).toEqual([join(tree, "test/a.mjs"), join(tree, "test/b.mjs")]);
  });

  it("runs only the files that are asked for", () => {
    write({
      "package.json": JSON.stringify({ type: "module", scripts: { test: "node --import ./hook.mjs --test test/*.mjs" } }),
      "hook.mjs": "",
      "test/a.mjs": `import { it } from "node:test"; it("one", () => {});`,
      "test/b.mjs": `import { it } from "node:test"; it("other", () => {});`,
    });
    expect(run("npm run test", { only: ["test/b.mjs"] })).toBe(0);
    expect(cases()).toEqual(["test/b.mjs other passed"]);
  });

  it("asks Vitest for its JSON", { timeout: 60_000 }, () => {
    write({
      "package.json": JSON.stringify({ type: "module", scripts: { test: "vitest run" } }),
      "a.test.js": `import { expect, it } from "vitest"; it("holds", () => {}); it("does not", () => expect(1).toBe(2));`,
    });
    expect(run("npm run test")).toBe(1);
    expect(cases()).toEqual(["a.test.js holds passed", "a.test.js does not failed"]);
  });

  it("asks ESLint for its JSON", { timeout: 60_000 }, () => {
    write({
      "package.json": JSON.stringify({ type: "module", scripts: { lint: "eslint ." } }),
      "eslint.config.mjs": `export default [{ rules: { "no-undef": "error" } }];`,
      "a.js": "missing();\n",
    });
    expect(run("npm run lint")).toBe(1);
    expect(parseEslintJson(report(".eslint.json")).findings).toMatchObject([{ rule: "no-undef", line: 1 }]);
  });

  it("passes everything else on as it is, and leaves scripts alone that ask for reports themselves", () => {
    write({ "package.json": "{}", "a.mjs": "process.stdout.write(process.argv.slice(2).join('|')); process.exit(7);" });
    expect(run(`node a.mjs "a b" --test`)).toBe(7);
    expect(run("node --test --test-reporter=tap")).toBe(0);
    expect(readdirSync(reports)).toEqual([]);
  });
});

describe("collectReports", () => {
  it("takes fresh reports from where runners leave them, and no links", () => {
    const since = Date.now();
    write({ "coverage/lcov.info": "SF:a.js\nend_of_record\n", "target/surefire-reports/TEST-a.xml": "<testsuite/>", secret: "no" });
    symlinkSync(join(tree, "secret"), join(tree, "junit.xml"));
    collectReports(tree, reports, since);
    expect(
      readdirSync(reports)
        .map((name) => name.replace(/^tree-\d+-\d+\./, ""))
        .sort(),
    ).toEqual(["junit.xml", "lcov"]);
    rmSync(reports, { recursive: true });
    mkdirSync(reports);
    collectReports(tree, reports, since + 60_000);
    expect(readdirSync(reports)).toEqual([]);
  });
});
