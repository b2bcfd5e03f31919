import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createDependencyCache } from "./dependency-cache";

const HOUR = 3_600_000;
let dir: string;
let clock: number;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "aid-cache-"));
  clock = Date.now();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const place = (letter: string) => ({ projectId: "0123456789abcdef", hash: letter.repeat(32) });
const cacheOf = (keptBytes: number) => createDependencyCache(dir, { keptBytes, now: () => clock });

async function publish(cache: ReturnType<typeof cacheOf>, letter: string): Promise<string> {
  const half = await cache.begin(place(letter));
  await writeFile(join(half, "file"), letter.repeat(100_000));
  return cache.publish(place(letter), half, { command: "npm ci", folders: [] });
}

it("has an entry or has none, and lets sandboxes read it", async () => {
  const cache = cacheOf(1e9);
  const half = await cache.begin(place("a"));
  expect(await cache.find(place("a"))).toBeUndefined();
  const folder = await cache.publish(place("a"), half, { command: "npm ci", folders: ["node_modules"] });
  expect(await cache.find(place("a"))).toBe(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o755);
  expect((await stat(join(dir, "environments"))).mode & 0o777).toBe(0o700);
  await cache.begin(place("b"));
  await cache.removeHalves();
  expect(readdirSync(join(dir, "environments/0123456789abcdef"))).toEqual(["a".repeat(32)]);
  await expect(cache.find({ projectId: "../../etc", hash: "a".repeat(32) })).rejects.toThrow("not the place");
});

it("removes what was used longest ago until the rest fits, but nothing of the last hour", async () => {
  const cache = cacheOf(250_000);
  for (const letter of ["a", "b", "c"]) {
    await publish(cache, letter);
    await cache.find(place(letter));
    clock += HOUR / 10;
  }
  expect(await cache.evict()).toEqual([]);
  clock += HOUR;
  await cache.find(place("a"));
  const gone = await cache.evict();
  expect(gone.map(({ what }) => what.slice(-1))).toEqual(["b"]);
  expect(gone[0]?.bytes).toBeGreaterThan(99_000);
  expect(existsSync(join(dir, "environments/0123456789abcdef", "a".repeat(32)))).toBe(true);
});

it("remembers a failure until it is forgiven or the set-up succeeds", async () => {
  const cache = cacheOf(1e9);
  const failure = { reason: "exit code 1", output: "no", at: 1, settings: "s" };
  await cache.fail(place("a"), failure);
  await cache.fail(place("b"), failure);
  expect(await cache.failure(place("a"))).toEqual(failure);
  await publish(cache, "a");
  expect(await cache.failure(place("a"))).toBeUndefined();
  await cache.forgive(place("b").projectId);
  expect(await cache.failure(place("b"))).toBeUndefined();
  expect(await cache.find(place("a"))).toBeDefined();
});
