import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseLcov } from "@/server/checks/reports/coverage-report";
import { parseEslintJson } from "@/server/checks/reports/findings";
import { parseGoCover } from "@/server/checks/reports/go-cover";
import { parseGoTest } from "@/server/checks/reports/go-report";
import { parseJestJson } from "@/server/checks/reports/json-report";
import { parseJunit } from "@/server/checks/reports/junit-report";
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

  it("asks Jest for covered lines unless a threshold would be held against the tests", () => {
    // Jest itself is no part of this project: what it would be started with says enough.
    write({
      "node_modules.txt": "",
      "package.json": JSON.stringify({ scripts: { test: "node ./.jest/jest/bin/jest.js" } }),
      ".jest/jest/bin/jest.js": `require("fs").writeFileSync("asked.txt", process.argv.slice(2).join(" "));`,
    });
    const asked = (): string => readFileSync(join(tree, "asked.txt"), "utf8");
    run("npm run test");
    expect(asked()).toContain("--coverage --coverageReporters=lcovonly");
    run("npm run test", { coverage: "none" });
    expect(asked()).not.toContain("--coverage");
    write({ "jest.config.js": "module.exports = { coverageThreshold: {} };" });
    run("npm run test");
    expect(asked()).not.toContain("--coverage");
  });

  it("passes everything else on as it is, and leaves scripts alone that ask for reports themselves", () => {
    write({ "package.json": "{}", "a.mjs": "process.stdout.write(process.argv.slice(2).join('|')); process.exit(7);" });
    expect(run(`node a.mjs "a b" --test`)).toBe(7);
    expect(run("node --test --test-reporter=tap")).toBe(0);
    expect(readdirSync(reports)).toEqual([]);
  });
});

const has = (program: string, ...args: string[]): boolean => spawnSync(program, args, { stdio: "ignore" }).status === 0;

describe.runIf(has("python3", "--version"))("what stands before python3", () => {
  const tests = `import unittest
from shop import half

class HalfTest(unittest.TestCase):
    def test_holds(self):
        """Halves an even number."""
        self.assertEqual(half(4), 2)

    def test_does_not(self):
        self.assertEqual(half(4), 3)

    def test_raises(self):
        half(None)

    def test_parts(self):
        for number in (2, 3):
            with self.subTest(number=number):
                self.assertEqual(number, 2)

    @unittest.skip("later")
    def test_waits(self):
        pass

    @unittest.expectedFailure
    def test_known(self):
        self.fail()
`;
  const found = (): string[] => parseJunit(report(".junit.xml")).cases.map(({ name, file = "", status }) => `${file} ${name} ${status}`);

  it("has unittest name its tests and their files", () => {
    write({ "shop.py": "def half(n):\n    return n / 2\n", "tests/__init__.py": "", "tests/test_half.py": tests });
    expect(run("python3 -m unittest discover")).toBe(1);
    expect(found()).toEqual([
      "tests/test_half.py HalfTest > test_does_not failed",
      "tests/test_half.py HalfTest > test_holds passed",
      "tests/test_half.py HalfTest > test_known passed",
      "tests/test_half.py HalfTest > test_parts failed",
      "tests/test_half.py HalfTest > test_raises failed",
      "tests/test_half.py HalfTest > test_waits skipped",
    ]);
    expect(parseJunit(report(".junit.xml")).cases.map(({ message }) => message)).toEqual([
      expect.stringContaining("2.0 != 3"),
      undefined,
      undefined,
      expect.stringContaining("(number=3)"),
      expect.stringContaining("TypeError"),
      "later",
    ]);
  });

  it("tells a module that cannot be imported from a test that fails, and runs only the files that are asked for", () => {
    write({
      "test_a.py": "import nothing_of_that_name\n",
      "test_b.py": "import unittest\nclass B(unittest.TestCase):\n    def test_b(self): pass\n",
    });
    expect(run("python3 -m unittest")).toBe(1);
    expect(found()).toEqual(["test_a.py test_a.py errored", "test_b.py B > test_b passed"]);
    rmSync(reports, { recursive: true });
    mkdirSync(reports);
    expect(run("python3 -m unittest discover", { only: ["test_b.py"] })).toBe(0);
    expect(found()).toEqual(["test_b.py B > test_b passed"]);
    expect(run("python3 -c 'raise SystemExit(4)'")).toBe(4);
  });
});

describe.runIf(has("go", "version"))("what stands before go", () => {
  it("asks for names and covered lines, without the module in front", { timeout: 120_000 }, () => {
    write({
      "go.mod": "module example.com/shop\n\ngo 1.19\n",
      "in/price.go": "package in\n\nfunc Half(n int) int {\n\tif n > 9 {\n\t\treturn 4\n\t}\n\treturn n / 2\n}\n",
      "in/price_test.go":
        'package in\n\nimport "testing"\n\nfunc TestHalf(t *testing.T) {\n\tif Half(4) != 2 {\n\t\tt.Fatal("not 2")\n\t}\n}\n',
    });
    expect(run("go test ./...")).toBe(0);
    expect(parseGoTest(report(".jsonl")).cases).toMatchObject([{ name: "TestHalf", status: "passed" }]);
    const lines = parseGoCover(report(".cover")).files.get("in/price.go");
    expect([lines?.get(5), lines?.get(7)]).toEqual([0, 1]);
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
