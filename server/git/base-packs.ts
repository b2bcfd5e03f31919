import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Git } from "./git-command";
import type { BasePack } from "./git-store";

/** Beyond this a mirror's history is cut for those who fetch it whole: on a gigabit it is half a second. */
const WHOLE_HISTORY_BYTES = 64 * 1024 * 1024;
/** What is left of a history that is cut: enough to see how people here write, and who did what lately. */
export const KEPT_COMMITS = 50;
/** Of all packs together; the one that was asked for longest ago goes first. */
const KEPT_BYTES = 4 * 1024 ** 3;
/** Whoever was told of a file may still be about to open it. */
const IN_USE_MS = 60 * 60_000;

export interface BasePackOptions {
  /** Where packs are kept. Absolute. */
  folder: string;
  wholeHistoryBytes?: number;
  keptBytes?: number;
  inUseMs?: number;
}

/** See `GitStore.basePack`: each pack is made once, whoever asks meanwhile waits for it. */
export function createBasePacks(git: Git, options: BasePackOptions): (mirrorPath: string, commit: string) => Promise<BasePack> {
  const { folder, wholeHistoryBytes = WHOLE_HISTORY_BYTES, keptBytes = KEPT_BYTES, inUseMs = IN_USE_MS } = options;
  const making = new Map<string, Promise<BasePack>>();
  let removed: Promise<void> | undefined;

  /** What a server left that was killed; no other one works in this folder. Never rejects. */
  async function removeHalves(): Promise<void> {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".half"));
    // One that cannot be removed takes room and no more: no pack has to wait for it, and the next server tries again.
    await Promise.allSettled(names.map((name) => rm(join(folder, name), { force: true })));
  }

  async function find(path: string): Promise<BasePack | undefined> {
    // Written last: with it the pack is whole.
    const text = await readFile(`${path}.shallow`, "utf8").catch(() => undefined);
    if (text === undefined) return undefined;
    const now = new Date();
    const there = await utimes(`${path}.pack`, now, now).then(
      () => true,
      () => false,
    );
    if (!there) return undefined;
    return { file: `${path}.pack`, shallow: text.split("\n").filter((line) => line !== "") };
  }

  async function make(path: string, mirrorPath: string, commit: string): Promise<BasePack> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const whole = (await objectBytes(git, mirrorPath)) <= wholeHistoryBytes;
    const shallow = whole ? [] : await lastKnown(git, mirrorPath, commit);
    const half = `${path}.${process.pid}.half`;
    const stdin = [...shallow.map((id) => `--shallow ${id}`), commit, ""].join("\n");
    const args = ["pack-objects", "--revs", ...(whole ? [] : ["--shallow"]), "--stdout", "--quiet", "--delta-base-offset"];
    try {
      const pack = git.output(args, { gitDir: mirrorPath, config: ["pack.threads=1", "pack.windowMemory=64m"], stdin });
      await pipeline(pack, createWriteStream(half, { mode: 0o600 }));
      await rename(half, `${path}.pack`);
    } finally {
      await rm(half, { force: true });
    }
    await writeFile(`${path}.shallow`, shallow.map((id) => `${id}\n`).join(""), { mode: 0o600 });
    await evict();
    return { file: `${path}.pack`, shallow };
  }

  async function evict(): Promise<void> {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".pack"));
    const found = names.map(async (name) => ({ name, ...sizeAndTime(await stat(join(folder, name))) }));
    // Another eviction may be at work.
    const packs = (await Promise.allSettled(found)).flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    packs.sort((one, other) => other.usedAt - one.usedAt);
    let sum = 0;
    for (const { name, bytes, usedAt } of packs) {
      sum += bytes;
      if (sum <= keptBytes || Date.now() - usedAt < inUseMs) continue;
      await rm(join(folder, name.replace(/pack$/, "shallow")), { force: true });
      await rm(join(folder, name), { force: true });
    }
  }

  return async (mirrorPath, commit) => {
    if (!/^[0-9a-f]{40}$/.test(commit)) throw new Error("not a commit id");
    // Of this mirror: who may see another one's is not decided here.
    const name = createHash("sha256").update(`${mirrorPath}\0${commit}`).digest("hex").slice(0, 40);
    const path = join(folder, name);
    removed ??= removeHalves();
    await removed;
    const known = making.get(name) ?? (await find(path)) ?? making.get(name);
    if (known !== undefined) return known;
    const made = make(path, mirrorPath, commit).finally(() => making.delete(name));
    making.set(name, made);
    return made;
  };
}

function sizeAndTime({ size, mtimeMs }: { size: number; mtimeMs: number }): { bytes: number; usedAt: number } {
  return { bytes: size, usedAt: mtimeMs };
}

/** All that the mirror holds, in bytes: more than one commit reaches, but known at once. */
async function objectBytes(git: Git, mirrorPath: string): Promise<number> {
  const counted = await git.text(["count-objects", "-v"], { gitDir: mirrorPath });
  const kilobytes = [...counted.matchAll(/^size(?:-pack)?: (\d+)$/gm)].reduce((sum, [, number]) => sum + Number(number), 0);
  return kilobytes * 1024;
}

/** Those of the newest commits whose parents are not among them: there history is cut. */
async function lastKnown(git: Git, mirrorPath: string, commit: string): Promise<string[]> {
  const listed = await git.text(["rev-list", "--parents", `--max-count=${KEPT_COMMITS}`, commit], { gitDir: mirrorPath });
  const commits = listed.split("\n").map((line) => line.split(" "));
  const kept = new Set(commits.map(([id]) => id));
  return commits.flatMap(([id = "", ...parents]) => (parents.some((parent) => !kept.has(parent)) ? [id] : []));
}
