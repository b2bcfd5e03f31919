import { readdir, readFile, realpath, rename, stat, writeFile } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import { z } from "zod";
import type { AllowedFoldersResponse } from "@/lib/protocol/local-access";
import { AppError } from "./app-error";
import { isRepository } from "./git/repository-address";

const FILE = "allowed-folders.json";
/** Below a folder that is no repository itself, repositories are looked for so deep, among so many folders. */
const SEARCH_DEPTH = 2;
const SEARCH_FOLDERS = 2_000;
/** More are typed, not picked. */
const MAX_REPOSITORIES = 200;

const storedSchema = z.object({ folders: z.array(z.object({ path: z.string(), at: z.number() })) });
type Stored = z.infer<typeof storedSchema>["folders"];

/** Folders whose repositories may be named by path. What people allowed outlives a restart. */
export interface AllowedFolders {
  /** Absolute real paths, for `parseRepositoryAddress`. */
  roots(): Promise<string[]>;
  list(): AllowedFoldersResponse;
  /** Repositories in these folders, themselves or a little below; bounded, by name. */
  repositories(): Promise<{ url: string; name: string }[]>;
  /** Idempotent. Throws `bad_request` that names the path's fault. */
  add(path: string): Promise<AllowedFoldersResponse>;
  /** Throws `not_found` for what nobody allowed. Runs that exist keep what was fetched. */
  remove(path: string): Promise<AllowedFoldersResponse>;
}

/** `configured` are those of AIDEATOR_LOCAL_REPOS. `enabled`: false where what people allowed must not count. */
export async function openAllowedFolders(options: {
  dataDir: string;
  configured: readonly string[];
  enabled: boolean;
  now: () => number;
}): Promise<AllowedFolders> {
  const { dataDir, configured, enabled, now } = options;
  const file = join(dataDir, FILE);
  let allowed = enabled ? await readStored(file) : [];
  let writing: Promise<unknown> = Promise.resolve();

  function change(next: Stored): Promise<void> {
    allowed = next;
    const written = writing.then(async () => {
      // Renamed into place: a crash leaves the old file or the new one.
      await writeFile(`${file}.half`, JSON.stringify({ folders: next }, undefined, 2), { mode: 0o600 });
      await rename(`${file}.half`, file);
    });
    writing = written.catch(() => undefined);
    return written;
  }

  const list = (): AllowedFoldersResponse => ({
    folders: [
      ...configured.map((path) => ({ path, from: "configuration" as const, allowed_at: null })),
      ...allowed.map(({ path, at }) => ({ path, from: "person" as const, allowed_at: new Date(at).toISOString() })),
    ],
  });

  async function roots(): Promise<string[]> {
    // A path that has become a link since leads to where nobody allowed.
    const real = await Promise.all(allowed.map(async ({ path }) => (await realpath(path).catch(() => undefined)) === path));
    return [...configured, ...allowed.filter((_, index) => real[index]).map(({ path }) => path)];
  }

  return {
    list,
    roots,
    async repositories() {
      const found = new Set<string>();
      for (const root of await roots()) {
        if (await isRepository(root)) found.add(root);
        else for await (const path of repositoriesBelow(root)) found.add(path);
      }
      const named = [...found].map((url) => ({ url, name: basename(url).replace(/\.git$/, "") }));
      return named.sort((one, other) => one.name.localeCompare(other.name)).slice(0, MAX_REPOSITORIES);
    },
    async add(path) {
      const real = await checkedFolder(path);
      if (!allowed.some((folder) => folder.path === real)) await change([...allowed, { path: real, at: now() }]);
      return list();
    },
    async remove(path) {
      const real = await realpath(path).catch(() => path);
      const rest = allowed.filter((folder) => folder.path !== path && folder.path !== real);
      if (rest.length < allowed.length) await change(rest);
      else if (configured.includes(path) || configured.includes(real)) {
        throw refuse("conflict", `${path} is allowed by AIDEATOR_LOCAL_REPOS: take it out there and start the server again.`);
      } else throw refuse("not_found", `${path} is not among the allowed folders. aideator allow lists them.`);
      return list();
    },
  };
}

function refuse(code: "bad_request" | "not_found" | "conflict", message: string): AppError {
  return new AppError(code, message, [{ field: "path", message }]);
}

async function readStored(file: string): Promise<Stored> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return [];
  try {
    return storedSchema.parse(JSON.parse(text)).folders;
  } catch {
    // Whoever allowed them can do so again; a server that does not start would help nobody.
    return [];
  }
}

async function checkedFolder(path: string): Promise<string> {
  if (!isAbsolute(path) || path.includes("\0")) throw refuse("bad_request", "Give an absolute path, such as /home/ada/code.");
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) throw refuse("bad_request", `There is no folder ${path}. Check the path.`);
  if (!(await stat(real)).isDirectory()) throw refuse("bad_request", `${path} is no folder. Give the folder of a repository.`);
  if (real === "/") throw refuse("bad_request", "The whole machine is too much. Give the folder of a repository, or one with several.");
  if (!(await isRepository(real)) && !(await holdsRepository(real))) {
    throw refuse("bad_request", `There is no git repository in ${path}. Run git init and commit there first, or give another folder.`);
  }
  return real;
}

async function holdsRepository(folder: string): Promise<boolean> {
  for await (const _ of repositoriesBelow(folder)) return true;
  return false;
}

/** Breadth first, within bounds; links are not followed, and nothing is looked for inside a repository. */
async function* repositoriesBelow(folder: string): AsyncGenerator<string> {
  let level = [folder];
  let seen = 0;
  for (let depth = 0; depth < SEARCH_DEPTH; depth += 1) {
    const next: string[] = [];
    for (const parent of level) {
      const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (!entry.isDirectory()) continue;
        if (++seen > SEARCH_FOLDERS) return;
        const child = join(parent, entry.name);
        if (await isRepository(child)) yield child;
        else next.push(child);
      }
    }
    level = next;
  }
}
