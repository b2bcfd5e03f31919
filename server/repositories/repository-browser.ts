import type { z } from "zod";
import type {
  BranchesResponse,
  branchesQuerySchema,
  LocalRepositoriesResponse,
  PathsResponse,
  pathsQuerySchema,
} from "@/lib/protocol/repositories";
import { rankPaths, withFolders } from "@/lib/search/rank-paths";
import { AppError, isAppError } from "../app-error";
import { createBoundedCache } from "../bounded-cache";
import type { GitStore, RemoteRefs, RepositoryAddress } from "../git/git-store";

/** As long as somebody types, the same answer serves; after that it is asked for again. */
const KEPT_REFS_MS = 10_000;
const MAX_KEPT_REFS = 200_000;
const MAX_KEPT_PATHS = 500_000;
/** A fetch that takes longer goes on behind, and the caller is told. */
const FETCH_PATIENCE_MS = 3_000;

/** Looks into repositories before there is a run. */
export interface RepositoryBrowser {
  branches(query: z.infer<typeof branchesQuerySchema>): Promise<BranchesResponse>;
  paths(query: z.infer<typeof pathsQuerySchema>): Promise<PathsResponse>;
  /** Those inside the folders that may be named by path. */
  local(): Promise<LocalRepositoriesResponse>;
}

interface BrowserParts {
  git: Pick<GitStore, "remoteRefs" | "resolveBase" | "listMirrorPaths" | "openMirror" | "mirrorPath">;
  /** See `RunContext`: the same rules as for a run. */
  parseAddress: (input: string) => Promise<RepositoryAddress>;
  /** Absolute paths. */
  localRepositories: () => Promise<{ url: string; name: string }[]>;
  /** ms since the epoch. */
  now: () => number;
}

/** See `RepositoryBrowser`. */
export function createRepositoryBrowser({ git, parseAddress, localRepositories, now }: BrowserParts): RepositoryBrowser {
  const refsKept = createBoundedCache<RemoteRefs>({
    bound: MAX_KEPT_REFS,
    weigh: ({ branches, tags }) => branches.length + tags.length + 1,
  });
  const searchable = createBoundedCache<string[]>({ bound: MAX_KEPT_PATHS, weigh: (paths) => paths.length + 1 });

  const refsOf = (address: RepositoryAddress): Promise<RemoteRefs> =>
    refsKept.get(`${Math.floor(now() / KEPT_REFS_MS)} ${address.url}`, () => git.remoteRefs(address));

  /** What a run from this base would start from; undefined: the name says nothing without the objects. */
  async function tipOf(address: RepositoryAddress, base: string | undefined): Promise<string | undefined> {
    try {
      const { head, branches, tags } = await refsOf(address);
      if (base === undefined) return head?.commit;
      return [...branches, ...tags].find(({ name }) => name === base)?.commit;
    } catch (error) {
      // Offline, what was fetched before still serves.
      if (isAppError(error) && error.code === "repository_unreachable") return undefined;
      throw error;
    }
  }

  /** The commit in the mirror; undefined while it is still being fetched. */
  async function commitOf(address: RepositoryAddress, base: string | undefined): Promise<string | undefined> {
    const mirror = git.mirrorPath(address);
    const tip = await tipOf(address, base);
    const known = await git.resolveBase(mirror, tip ?? base);
    if (known !== undefined) return known.commit;
    const fetched = await patiently(git.openMirror(address));
    if (!fetched) return undefined;
    const found = await git.resolveBase(mirror, tip ?? base);
    if (found !== undefined) return found.commit;
    if (base === undefined)
      throw refusal("github_url", "The repository has no commit on its default branch.", "Name another branch as the base.");
    throw refusal("base", `There is no branch, tag or commit "${base}" in this repository.`, "Give one that exists.");
  }

  return {
    async branches({ github_url, query, base, limit }) {
      const { head, branches, tags } = await refsOf(await parseAddress(github_url));
      const wanted = query.trim().toLowerCase();
      const matching = branches.filter(({ name }) => name.toLowerCase().includes(wanted));
      const ordered = [...matching.filter(({ name }) => name === head?.name), ...matching.filter(({ name }) => name !== head?.name)];
      return {
        default_branch: head ?? null,
        branches: ordered.slice(0, limit),
        total: matching.length,
        base: base === undefined ? null : ([...branches, ...tags].find(({ name }) => name === base) ?? null),
      };
    },
    async paths({ github_url, base, query, limit }) {
      const address = await parseAddress(github_url);
      const commit = await commitOf(address, base);
      if (commit === undefined) return { state: "fetching", commit: null, paths: [] };
      const mirror = git.mirrorPath(address);
      const paths = await searchable.get(`${mirror} ${commit}`, async () => withFolders(await git.listMirrorPaths(mirror, commit)));
      return { state: "ready", commit, paths: rankPaths(paths, query, limit) };
    },
    async local() {
      return { repositories: await localRepositories() };
    },
  };
}

function refusal(field: "github_url" | "base", message: string, remedy: string): AppError {
  return new AppError("bad_request", message, [{ field, message: remedy }]);
}

/** False when it takes longer than somebody who types wants to wait; it goes on. Rejects when it fails before. */
async function patiently(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), FETCH_PATIENCE_MS);
  });
  // Nobody waits any more for what fails later: the next question asks again.
  work.catch(() => undefined);
  try {
    return await Promise.race([work.then(() => true), patience]);
  } finally {
    clearTimeout(timer);
  }
}
