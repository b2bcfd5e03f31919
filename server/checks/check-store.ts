import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type StoredResult, storedResultSchema } from "./stored-result";

/** A result and the output that belongs to it. */
export interface KeptResult {
  result: StoredResult;
  output: string;
}

/**
 * What is too large for the log: whole results and outputs, in `{dataDir}/checks`. `runs/{run}/{id}.json|.txt` are those of a run,
 * `known/{project}/{key}.json|.txt` those that the next run with the same tree takes over, `open/{run}` marks runs with checks under way.
 */
export interface CheckStore {
  save(runId: string, id: string, kept: KeptResult): Promise<void>;
  result(runId: string, id: string): Promise<StoredResult | undefined>;
  output(runId: string, id: string): Promise<string | undefined>;
  /**
   * What is known of a key or, where another check is just finding that out, what it finds; else what `make` finds, which is remembered when it is a
   * verdict. `force`: `make` in any case.
   */
  once(
    projectId: string,
    key: string,
    make: () => Promise<KeptResult>,
    options: { force: boolean },
  ): Promise<{ kept: KeptResult; cached: boolean }>;
  markOpen(runId: string): Promise<void>;
  clearOpen(runId: string): Promise<void>;
  /** Runs that had checks under way when the server ended. */
  openRuns(): Promise<string[]>;
}

const RUN = /^[a-z0-9]{12,24}$/;
const ID = /^[0-9a-f]{20}$/;
const KEPT_PER_PROJECT = 500;

/** The name of what is known for these facts. */
export function checkKey(facts: unknown): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 40);
}

/** See `CheckStore`. `dataDir` is absolute. */
export function createCheckStore(dataDir: string): CheckStore {
  const root = join(dataDir, "checks");
  const underWay = new Map<string, Promise<KeptResult>>();

  function ofRun(runId: string, id: string): string {
    if (!RUN.test(runId) || !ID.test(id)) throw new Error("not the place of a check");
    return join(root, "runs", runId, id);
  }
  function ofProject(projectId: string, key: string): string {
    if (!/^[0-9a-f]{16}$/.test(projectId) || !/^[0-9a-f]{40}$/.test(key)) throw new Error("not the place of a result");
    return join(root, "known", projectId, key);
  }
  async function write(place: string, { result, output }: KeptResult): Promise<void> {
    await mkdir(join(place, ".."), { recursive: true, mode: 0o700 });
    await replace(`${place}.txt`, output);
    // Last: where there is a result, there is its output.
    await replace(`${place}.json`, JSON.stringify(result));
  }
  async function read(place: string): Promise<StoredResult | undefined> {
    const text = await readFile(`${place}.json`, "utf8").catch(() => undefined);
    return text === undefined ? undefined : storedResultSchema.parse(JSON.parse(text));
  }
  /** The oldest go: what was used last was written last. */
  async function prune(projectId: string): Promise<void> {
    const folder = join(root, "known", projectId);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
    if (names.length <= KEPT_PER_PROJECT) return;
    const aged = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })));
    for (const { name } of aged.sort((one, other) => one.at - other.at).slice(0, names.length - KEPT_PER_PROJECT)) {
      await rm(join(folder, name), { force: true });
      await rm(join(folder, name.replace(/json$/, "txt")), { force: true });
    }
  }

  async function known(projectId: string, key: string): Promise<KeptResult | undefined> {
    const place = ofProject(projectId, key);
    const result = await read(place);
    const output = result === undefined ? undefined : await readFile(`${place}.txt`, "utf8").catch(() => undefined);
    return result === undefined || output === undefined ? undefined : { result, output };
  }
  async function remember(projectId: string, key: string, kept: KeptResult): Promise<void> {
    if (kept.result.verdict !== "passed" && kept.result.verdict !== "failed") return;
    await write(ofProject(projectId, key), kept);
    await prune(projectId);
  }

  return {
    save: (runId, id, kept) => write(ofRun(runId, id), kept),
    result: (runId, id) => read(ofRun(runId, id)),
    output: (runId, id) => readFile(`${ofRun(runId, id)}.txt`, "utf8").catch(() => undefined),
    async once(projectId, key, make, { force }) {
      const name = `${projectId} ${key}`;
      // Whatever becomes of the other one's: then it is this one's turn.
      while (!force && underWay.has(name)) await underWay.get(name)?.catch(() => undefined);
      const found = force ? undefined : await known(projectId, key);
      if (found !== undefined) return { kept: found, cached: true };
      const making = make().then(async (kept) => {
        await remember(projectId, key, kept);
        return kept;
      });
      underWay.set(name, making);
      try {
        return { kept: await making, cached: false };
      } finally {
        if (underWay.get(name) === making) underWay.delete(name);
      }
    },
    async markOpen(runId) {
      if (!RUN.test(runId)) throw new Error("not a run id");
      await mkdir(join(root, "open"), { recursive: true, mode: 0o700 });
      await writeFile(join(root, "open", runId), "");
    },
    clearOpen: (runId) => rm(join(root, "open", runId), { force: true }),
    openRuns: async () => (await readdir(join(root, "open")).catch(() => [])).filter((name) => RUN.test(name)),
  };
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.half`, text, { mode: 0o600 });
  await rename(`${path}.half`, path);
}
