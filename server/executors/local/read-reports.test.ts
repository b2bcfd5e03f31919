import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readReports } from "./read-reports";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "aid-reports-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it("reads plain files, one folder deep", async () => {
  mkdirSync(join(dir, "first/deep"), { recursive: true });
  writeFileSync(join(dir, "meta.json"), "{}");
  writeFileSync(join(dir, "first/a.xml"), "<a/>");
  writeFileSync(join(dir, "first/deep/b.xml"), "<b/>");
  const found = await readReports(dir);
  expect([...found].map(([path, content]) => `${path}: ${content.toString()}`).sort()).toEqual(["first/a.xml: <a/>", "meta.json: {}"]);
});

it("follows no links, waits for no pipes, and reads nothing that is too large", async () => {
  mkdirSync(join(dir, "reports"));
  symlinkSync("/etc/passwd", join(dir, "reports/meta.json"));
  symlinkSync("/etc", join(dir, "reports/first"));
  execFileSync("mkfifo", [join(dir, "reports/pipe.xml")]);
  writeFileSync(join(dir, "reports/large.json"), "");
  truncateSync(join(dir, "reports/large.json"), 40 * 1024 * 1024);
  expect([...(await readReports(join(dir, "reports")))]).toEqual([]);
  symlinkSync("/etc", join(dir, "linked"));
  expect([...(await readReports(join(dir, "linked")))]).toEqual([]);
  expect([...(await readReports(join(dir, "missing")))]).toEqual([]);
});

it("takes so many files and no more", async () => {
  for (let at = 0; at < 250; at += 1) writeFileSync(join(dir, `${at}.json`), "x");
  expect((await readReports(dir)).size).toBe(200);
});
