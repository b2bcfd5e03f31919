import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readBrowser, readFaults, readUnit } from "./test-reports.mjs";

async function written(json: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "aid-reports-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "report.json");
  await writeFile(file, JSON.stringify(json));
  return file;
}

test("browser tests are counted wherever they are nested; what passed at the second try is named", async () => {
  const spec = (title: string, status: string, message?: string) => ({
    file: "a.spec.ts",
    title,
    tests: [{ status, results: [{ error: { message: "the first try" } }, message === undefined ? {} : { error: { message } }] }],
  });
  const file = await written({
    suites: [{ specs: [spec("good", "expected"), spec("shaky", "flaky")], suites: [{ specs: [spec("bad", "unexpected", "no")] }] }],
    errors: [],
  });
  expect(readBrowser(file)).toEqual({
    passed: 2,
    skipped: 0,
    failed: [{ name: "a.spec.ts › bad", why: "no" }],
    flaky: ["a.spec.ts › shaky"],
  });
});

test("a scenario of faults fails with its first problem", async () => {
  const file = await written({
    outcomes: [
      { name: "hostile", ok: false, problems: ["a line came twice", "and more"] },
      { name: "clients", ok: true, problems: [] },
    ],
  });
  expect(readFaults(file)).toEqual({ passed: 1, skipped: 0, failed: [{ name: "hostile", why: "a line came twice" }], flaky: [] });
});

test("a runner that wrote nothing has counted nothing", () => {
  expect(readUnit("/nowhere/report.json")).toEqual({ passed: 0, skipped: 0, failed: [], flaky: [] });
});
