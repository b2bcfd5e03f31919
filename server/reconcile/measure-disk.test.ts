import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { measureDisk, measureFolder } from "./measure-disk";

const MEGABYTE = 1024 * 1024;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "aideator-disk-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function file(path: string, bytes: number): string {
  mkdirSync(join(dir, path, ".."), { recursive: true });
  writeFileSync(join(dir, path), Buffer.alloc(bytes, 1));
  return join(dir, path);
}

describe("the disk meter", () => {
  it("tells what takes the room, by kind, as du counts it", async () => {
    file("mirrors/a.git/pack", 3 * MEGABYTE);
    file("runs/b.git/pack", 2 * MEGABYTE);
    file("attempts/agent-x-0/tree/deep/er/file", MEGABYTE);
    file("environments/0123456789abcdef/hash/tree/file", MEGABYTE);
    file("trash/old", MEGABYTE);
    file("aideator.db", MEGABYTE);
    file("aideator.db-wal", MEGABYTE);
    file("sample/x", MEGABYTE);
    const { byKind, totalBytes, freeBytes, atLeast } = await measureDisk(dir);
    const megabytes = Object.fromEntries(Object.entries(byKind).map(([kind, bytes]) => [kind, Math.round(bytes / MEGABYTE)]));
    expect(megabytes).toEqual({ mirrors: 3, runs: 2, attempts: 1, environments: 1, trash: 1, database: 2, other: 1 });
    const attempts = Number(execFileSync("du", ["-s", "-B1", join(dir, "attempts")], { encoding: "utf8" }).split("\t")[0]);
    expect(byKind.attempts).toBe(attempts);
    expect(atLeast).toBe(false);
    expect(freeBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThan(freeBytes);
  });

  it("counts a database that lies elsewhere, once", async () => {
    const databaseFile = file("mirrors-of-others/my.db", MEGABYTE);
    const elsewhere = join(dir, "data");
    mkdirSync(elsewhere);
    const { byKind } = await measureDisk(elsewhere, { databaseFile });
    expect(byKind.database).toBeGreaterThanOrEqual(MEGABYTE);
    expect(byKind.other).toBe(0);
  });

  it("says when it was cut", async () => {
    for (let number = 0; number < 30; number += 1) file(`attempts/agent-x-0/${number}`, 4_096);
    const cut = await measureDisk(dir, { maxEntries: 10 });
    const whole = await measureDisk(dir, { maxEntries: 100 });
    expect(cut.atLeast).toBe(true);
    expect(whole.atLeast).toBe(false);
    expect(cut.byKind.attempts).toBeLessThan(whole.byKind.attempts);
  });

  it("counts hard links once and follows no symbolic link", async () => {
    const large = file("attempts/one", MEGABYTE);
    linkSync(large, join(dir, "attempts/two"));
    mkdirSync(join(dir, "outside"));
    file("outside/huge", 5 * MEGABYTE);
    symlinkSync(join(dir, "outside"), join(dir, "attempts/link"));
    const { bytes } = await measureFolder(join(dir, "attempts"));
    expect(Math.round(bytes / MEGABYTE)).toBe(1);
  });

  it("finds nothing where nothing is", async () => {
    expect(await measureFolder(join(dir, "absent"))).toEqual({ bytes: 0, changedAt: 0, atLeast: false });
  });

  it("leaves turns to everybody else", async () => {
    for (let number = 0; number < 3_000; number += 1) file(`attempts/many/${number % 30}/${number}`, 10);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    await measureDisk(dir);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });
});
