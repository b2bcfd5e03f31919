import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { removeFolder } from "../executors/local/remove-folder";
import { measureFolder } from "../reconcile/measure-disk";

/** What one set-up made, or that it failed: of a project, for a hash. */
export interface SetupPlace {
  projectId: string;
  hash: string;
}

const recordSchema = z.object({ command: z.string(), at: z.number(), bytes: z.number(), folders: z.array(z.string()) });
const failureSchema = z.object({
  reason: z.string(),
  output: z.string(),
  at: z.number(),
  /** Of the settings that it failed with: with others it is tried again. */
  settings: z.string(),
});
export type FailedSetup = z.infer<typeof failureSchema>;

/** Something that was removed, and why. */
export interface Eviction {
  what: string;
  why: string;
  bytes: number;
}

/** Dependencies of projects, built once per hash, complete or not there, never changed afterwards. */
export interface DependencyCache {
  /** The folder for `AttemptEnvironment.dependencies`; counts as a use. */
  find(place: SetupPlace): Promise<string | undefined>;
  failure(place: SetupPlace): Promise<FailedSetup | undefined>;
  /** An empty folder to build in; whoever does not publish it removes it. */
  begin(place: SetupPlace): Promise<string>;
  publish(place: SetupPlace, half: string, record: { command: string; folders: string[] }): Promise<string>;
  fail(place: SetupPlace, failure: FailedSetup): Promise<void>;
  /** Forgets the failures of a project. */
  forgive(projectId: string): Promise<void>;
  bytesOf(projectId: string): Promise<number>;
  /** Removes what a killed server left half-made. Only while nothing is being built. */
  removeHalves(): Promise<void>;
  /** Removes what was used longest ago until the rest fits. */
  evict(): Promise<Eviction[]>;
}

/** Not removed for so long after a use: an attempt may still be copying. */
const IN_USE_MS = 60 * 60_000;
const FAILURE_MS = 7 * 24 * 60 * 60_000;
const HASH = /^[0-9a-f]{32}$/;
const PROJECT = /^[0-9a-f]{16}$/;

/** See `DependencyCache`; it lies in `{dataDir}/environments`. */
export function createDependencyCache(dataDir: string, options: { keptBytes: number; now: () => number }): DependencyCache {
  const root = join(dataDir, "environments");
  const { now } = options;

  function entryOf({ projectId, hash }: SetupPlace): string {
    if (!PROJECT.test(projectId) || !HASH.test(hash)) throw new Error("not the place of a set-up");
    return join(root, projectId, hash);
  }

  async function entries(projectId: string): Promise<{ path: string; bytes: number; usedAt: number }[]> {
    const names = (await readdir(join(root, projectId)).catch(() => [])).filter((name) => HASH.test(name));
    const found = await Promise.all(
      names.map(async (name) => {
        const path = join(root, projectId, name);
        const record = await readJson(join(path, "record.json"), recordSchema);
        const usedAt = await stat(join(path, "record.json")).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        );
        return { path, bytes: record?.bytes ?? 0, usedAt };
      }),
    );
    return found;
  }

  async function projects(): Promise<string[]> {
    return (await readdir(root).catch(() => [])).filter((name) => PROJECT.test(name));
  }

  async function remove(path: string): Promise<void> {
    // In one step out of the way: nobody finds half of it.
    const half = `${path}.${now()}.half`;
    await rename(path, half);
    await removeFolder(half);
  }

  return {
    async find(place) {
      const path = entryOf(place);
      const file = join(path, "record.json");
      if ((await readJson(file, recordSchema)) === undefined) return undefined;
      await utimes(file, new Date(now()), new Date(now()));
      return path;
    },
    failure: (place) => readJson(`${entryOf(place)}.failed.json`, failureSchema),
    async begin(place) {
      const entry = entryOf(place);
      await mkdir(root, { recursive: true, mode: 0o700 });
      await mkdir(join(entry, ".."), { recursive: true, mode: 0o700 });
      // The ending is what tells it from an entry.
      const outer = await mkdtemp(`${entry}.`);
      const half = `${outer}.half`;
      await rename(outer, half);
      return half;
    },
    async publish(place, half, { command, folders }) {
      const entry = entryOf(place);
      const { bytes } = await measureFolder(half, Number.POSITIVE_INFINITY);
      await writeFile(join(half, "record.json"), JSON.stringify({ command, at: now(), bytes, folders }), { flag: "wx" });
      // Sandboxes read it as another user; the folder above it is for this one alone.
      await chmod(half, 0o755);
      await remove(entry).catch(() => undefined);
      await rename(half, entry);
      await rm(`${entry}.failed.json`, { force: true });
      return entry;
    },
    async fail(place, failure) {
      const path = `${entryOf(place)}.failed.json`;
      await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
      await writeFile(`${path}.half`, JSON.stringify(failure), { mode: 0o600 });
      await rename(`${path}.half`, path);
    },
    async forgive(projectId) {
      if (!PROJECT.test(projectId)) throw new Error("not a project id");
      const names = await readdir(join(root, projectId)).catch(() => []);
      for (const name of names) if (name.endsWith(".failed.json")) await rm(join(root, projectId, name), { force: true });
    },
    async bytesOf(projectId) {
      return (await entries(projectId)).reduce((sum, { bytes }) => sum + bytes, 0);
    },
    async removeHalves() {
      for (const projectId of await projects()) {
        const names = await readdir(join(root, projectId));
        for (const name of names) if (!HASH.test(name) && !name.endsWith(".failed.json")) await removeFolder(join(root, projectId, name));
      }
    },
    async evict() {
      const all: Awaited<ReturnType<typeof entries>> = [];
      for (const projectId of await projects()) {
        all.push(...(await entries(projectId)));
        for (const name of await readdir(join(root, projectId))) {
          const path = join(root, projectId, name);
          const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now() }));
          if (name.endsWith(".failed.json") && now() - mtimeMs > FAILURE_MS) await rm(path, { force: true });
        }
      }
      const gone: Eviction[] = [];
      let total = all.reduce((sum, { bytes }) => sum + bytes, 0);
      for (const { path, bytes, usedAt } of all.sort((one, other) => one.usedAt - other.usedAt)) {
        if (total <= options.keptBytes || now() - usedAt < IN_USE_MS) break;
        await remove(path);
        total -= bytes;
        gone.push({
          what: path,
          why: "Dependencies that were not used for longest; set-ups keep within AIDEATOR_KEEP_ENVIRONMENTS_GB.",
          bytes,
        });
      }
      return gone;
    },
  };
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}
