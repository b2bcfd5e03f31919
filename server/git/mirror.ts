import { chmod, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DataLayout } from "./data-layout";
import { type Git, GitError } from "./git-command";
import type { PinnedBase, RepositoryAddress } from "./git-store";
import { type Access, accessOf, refused, saidBy, unreachable } from "./remote-access";
import { readRemoteRefs } from "./remote-refs";

/** Upstream's branches and tags as they are there; nothing of ours is ever below these names. */
const REFSPECS = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
const FETCH_TIMEOUT_MS = 30 * 60_000;
const LFS_POINTER = "version https://git-lfs.github.com/spec/";

/** Bare repositories with upstream objects only: the only ones that sandboxes see, read-only. */
export interface Mirrors {
  open(address: RepositoryAddress): Promise<string>;
  pin(mirrorPath: string, runId: string, ref?: string): Promise<PinnedBase>;
  /** See `GitStore.resolveBase`. */
  resolve(mirrorPath: string, ref?: string): Promise<ResolvedBase | undefined>;
}

/** See `Mirrors`. `gitHosts` are exempt from the rule that only public addresses are dialled; `sshAgent` is passed on to fetches only. */
export function createMirrors(git: Git, layout: DataLayout, options: { gitHosts: string[]; sshAgent?: string }): Mirrors {
  const fetching = new Map<string, Promise<string>>();

  async function refresh(address: RepositoryAddress): Promise<string> {
    const path = layout.mirror(address);
    const access = await accessOf(address, options);
    if (await exists(join(path, "HEAD"))) {
      // Not pruned: a branch deleted upstream may be the base of a run. Upstream may have another default branch by now.
      const [refs] = await Promise.all([readRemoteRefs(git, address, access), fetchInto(git, path, address, access)]);
      if (refs.head !== undefined) await git.run(["symbolic-ref", "HEAD", `refs/heads/${refs.head.name}`], { gitDir: path });
      return path;
    }
    await mkdir(layout.mirrors, { recursive: true });
    await mkdir(layout.temporary, { recursive: true });
    const fresh = await mkdtemp(join(layout.temporary, "mirror-"));
    try {
      await git.run(["init", "--bare", "--quiet", fresh]);
      await fetchInto(git, fresh, address, access);
      const { head } = await readRemoteRefs(git, address, access);
      if (head === undefined)
        throw refused("github_url", "The repository has no commit yet.", "Make a first commit there, then start the run again.");
      await git.run(["symbolic-ref", "HEAD", `refs/heads/${head.name}`], { gitDir: fresh });
      // Sandboxes read it as another user.
      await chmod(fresh, 0o755);
      await rename(fresh, path);
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      throw error;
    }
    return path;
  }

  return {
    open(address) {
      const path = layout.mirror(address);
      const running = fetching.get(path);
      if (running !== undefined) return running;
      const started = refresh(address).finally(() => fetching.delete(path));
      fetching.set(path, started);
      return started;
    },
    pin: (mirrorPath, runId, ref) => pin(git, mirrorPath, runId, ref),
    resolve: (mirrorPath, ref) => resolve(git, mirrorPath, ref),
  };
}

async function fetchInto(git: Git, path: string, { url, name }: RepositoryAddress, access: Access): Promise<void> {
  const args = ["fetch", "--quiet", "--force", "--no-write-fetch-head", "--no-auto-maintenance", "--end-of-options", url, ...REFSPECS];
  try {
    await git.run(args, { gitDir: path, timeoutMs: FETCH_TIMEOUT_MS, ...access });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw unreachable(`${name} could not be fetched${saidBy(error)}.`, "Check the address, and that this server may read it.");
  }
}

async function pin(git: Git, mirrorPath: string, runId: string, ref?: string): Promise<PinnedBase> {
  const base = await resolve(git, mirrorPath, ref);
  if (base !== undefined) {
    await git.run(["update-ref", `refs/aideator/base/${runId}`, base.commit], { gitDir: mirrorPath });
    return { ...base, ...(await countForeign(git, mirrorPath, base.commit)) };
  }
  if (ref === undefined) {
    throw refused(
      "github_url",
      "The repository has no commit on its default branch.",
      "Make one there, or name another branch as the base.",
    );
  }
  const remedy = "Give one that exists, or leave the base out for the default branch.";
  throw refused("base", `There is no branch, tag or commit "${ref}" in this repository.`, remedy);
}

/** A base as the mirror has it. */
export type ResolvedBase = Pick<PinnedBase, "commit" | "branch">;

async function resolve(git: Git, mirrorPath: string, ref?: string): Promise<ResolvedBase | undefined> {
  if (!(await exists(join(mirrorPath, "HEAD")))) return undefined;
  const head = await git.text(["symbolic-ref", "HEAD"], { gitDir: mirrorPath });
  const candidates = ref === undefined ? [head] : [`refs/heads/${ref}`, `refs/tags/${ref}`, ...(/^[0-9a-f]{4,40}$/.test(ref) ? [ref] : [])];
  for (const candidate of candidates) {
    const commit = await git.text(["rev-parse", "--verify", "--quiet", "--end-of-options", `${candidate}^{commit}`], {
      gitDir: mirrorPath,
      allowCodes: [1, 128],
    });
    if (!/^[0-9a-f]{40}$/.test(commit)) continue;
    return { commit, branch: candidate.startsWith("refs/heads/") ? candidate.slice("refs/heads/".length) : undefined };
  }
  return undefined;
}

/** Submodules and LFS pointers are not fetched: they are counted, so that it can be said. */
async function countForeign(git: Git, mirrorPath: string, commit: string): Promise<{ submodules: number; lfsPointers: number }> {
  const tree = await git.text(["ls-tree", "-r", commit], { gitDir: mirrorPath });
  const submodules = tree.split("\n").filter((line) => line.startsWith("160000 ")).length;
  const grep = (...args: string[]): Promise<string> =>
    git.text(["grep", "--name-only", "--fixed-strings", ...args], { gitDir: mirrorPath, allowCodes: [1] });
  // Without this line no file is an LFS pointer, and the whole tree need not be searched.
  const tracked = await grep("-e", "filter=lfs", commit, "--", ".gitattributes");
  const pointers = tracked === "" ? "" : await grep("-e", LFS_POINTER, commit);
  const lfsPointers = pointers === "" ? 0 : pointers.split("\n").length;
  return { submodules, lfsPointers };
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
