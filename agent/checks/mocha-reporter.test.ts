import { EventEmitter } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseJestJson } from "@/server/checks/reports/json-report";
import { mochaReporter } from "./mocha-reporter";

it("names the file of each test, as Mocha itself tells it", () => {
  const dir = mkdtempSync(join(tmpdir(), "aid-mocha-"));
  const [module, output] = [join(dir, "reporter.cjs"), join(dir, "report.json")];
  writeFileSync(module, mochaReporter);
  const report = createRequire(import.meta.url)(module) as (runner: EventEmitter, options: object) => void;
  const runner = new EventEmitter();
  report(runner, { reporterOption: { output } });
  const test = (file: string | undefined, ...titles: string[]) => ({ file, titlePath: () => titles, duration: 1 });
  runner.emit("pass", test("test/price.js", "price", "halves"));
  runner.emit("fail", test("test/price.js", "price", "rounds"), new Error("1 !== 2"));
  runner.emit("pending", test("test/stock.js", "stock", "waits"));
  // A hook has no file of its own: that of the test it stands before, or of its suite.
  runner.emit("fail", { ...test(undefined, "stock", "before each"), parent: { file: "test/stock.js" } }, new Error("no"));
  runner.emit("end");
  const { cases } = parseJestJson(readFileSync(output, "utf8"));
  rmSync(dir, { recursive: true });
  expect(cases.map(({ file, name, status }) => `${file} ${name} ${status}`)).toEqual([
    "test/price.js price > halves passed",
    "test/price.js price > rounds failed",
    "test/stock.js stock > waits skipped",
    "test/stock.js stock > before each failed",
  ]);
  expect(cases[1]?.message).toContain("1 !== 2");
});
