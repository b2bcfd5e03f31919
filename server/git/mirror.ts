import { chmod, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../app-error";
import { resolvePublic } from "./address-guard";
import type { DataLayout } from "./data-layout";
import { type Git, GitError, type GitOptions } from "./git-command";
import type { PinnedBase, RepositoryAddress } from "./git-store";

/** Upstream's branches and tags as they are there; nothing of ours is ever below these names. */
const REFSPECS = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
const FETCH_TIMEOUT_MS = 30 * 60_000;
const LFS_POINTER = "version https://git-lfs.github.com/spec/";

/** Bare repositories with upstream objects only: the only ones that sandboxes see, read-only. */
export interface Mirrors {
  open(address: RepositoryAddress): Promise<string>;
  pin(mirrorPath: string, runId: string, ref?: string): Promise<PinnedBase>;
  branches(mirrorPath: string): Promise<string[]>;
}

/** See `Mirrors`. `gitHosts` are exempt from the rule that only public addresses are dialled; `sshAgent` is passed on to fetches only. */
export function createMirrors(git: Git, layout: DataLayout, options: { gitHosts: string[]; sshAgent?: string }): Mirrors {
  const fetching = new Map<string, Promise<string>>();

  async function refresh(address: RepositoryAddress): Promise<string> {
    const path = layout.mirror(address);
    const access = await accessOf(address, options);
    if (await exists(join(path, "HEAD"))) {
      // Not pruned: a branch deleted upstream may be the base of a run.
      await fetchInto(git, path, address, access);
      return path;
    }
    await mkdir(layout.mirrors, { recursive: true });
    await mkdir(layout.temporary, { recursive: true });
    const fresh = await mkdtemp(join(layout.temporary, "mirror-"));
    try {
      await git.run(["init", "--bare", "--quiet", fresh]);
      await fetchInto(git, fresh, address, access);
      await git.run(["symbolic-ref", "HEAD", await defaultBranch(git, fresh, address, access)], { gitDir: fresh });
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
    async branches(mirrorPath) {
      const [head, names] = await Promise.all([
        git.text(["symbolic-ref", "--short", "HEAD"], { gitDir: mirrorPath }),
        git.text(["for-each-ref", "--format=%(refname:short)", "--sort=-committerdate", "refs/heads"], { gitDir: mirrorPath }),
      ]);
      const all = names.split("\n").filter((name) => name !== "");
      return [...all.filter((name) => name === head), ...all.filter((name) => name !== head)];
    },
  };
}

/** How one fetch or push reaches its repository. */
export type Access = Pick<GitOptions, "config" | "env" | "trusted">;

/** Checks where an address leads and says how git gets there; throws the `AppError` that says why not. */
export async function accessOf(
  { kind, url }: RepositoryAddress,
  { gitHosts, sshAgent }: { gitHosts: string[]; sshAgent?: string },
): Promise<Access> {
  if (kind === "path") return { env: { GIT_ALLOW_PROTOCOL: "file" }, trusted: url };
  const { protocol, hostname, host, port } = new URL(url);
  const exempt = gitHosts.includes(host) || gitHosts.includes(hostname);
  const ssh = {
    GIT_SSH_COMMAND: "ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new",
    ...(sshAgent === undefined ? {} : { SSH_AUTH_SOCK: sshAgent }),
  };
  const env = { GIT_ALLOW_PROTOCOL: exempt ? "https:http:ssh" : "https:ssh", ...(kind === "ssh" ? ssh : {}) };
  const config = ["http.followRedirects=false"];
  if (exempt) return { config, env };
  const bare = hostname.replace(/^\[|\]$/g, "");
  const address = await resolvePublic(bare).catch(() => {
    throw unreachable(`The host ${bare} was not found.`, "Check the address.");
  });
  if (address === undefined) {
    const remedy = "If it is your own git server, add it to AIDEATOR_GIT_HOSTS and start the server again.";
    throw refused("github_url", `${bare} is not an address of the public internet.`, remedy);
  }
  // The checked address is the one that is dialled (git 2.37 and newer; an older git ignores the setting and looks the name up again).
  if (protocol === "https:") config.push(`http.curloptResolve=${bare}:${port === "" ? 443 : port}:${address}`);
  return { config, env };
}

async function fetchInto(git: Git, path: string, { url, name }: RepositoryAddress, access: Access): Promise<void> {
  const args = ["fetch", "--quiet", "--force", "--no-write-fetch-head", "--no-auto-maintenance", "--end-of-options", url, ...REFSPECS];
  try {
    await git.run(args, { gitDir: path, timeoutMs: FETCH_TIMEOUT_MS, ...access });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const said = error.stderr.trim().split("\n").at(-1) ?? "";
    throw unreachable(
      `${name} could not be fetched${said === "" ? "" : ` (${said.slice(0, 300)})`}.`,
      "Check the address, and that this server may read it.",
    );
  }
}

async function defaultBranch(git: Git, path: string, { url }: RepositoryAddress, access: Access): Promise<string> {
  const head = await git.text(["ls-remote", "--symref", "--end-of-options", url, "HEAD"], { gitDir: path, ...access });
  const named = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(head)?.[1];
  if (named !== undefined) return named;
  const first = await git.text(["for-each-ref", "--count=1", "--format=%(refname)", "refs/heads"], { gitDir: path });
  if (first !== "") return first;
  throw refused("github_url", "The repository has no commit yet.", "Make a first commit there, then start the run again.");
}

async function pin(git: Git, mirrorPath: string, runId: string, ref?: string): Promise<PinnedBase> {
  const head = await git.text(["symbolic-ref", "HEAD"], { gitDir: mirrorPath });
  const candidates = ref === undefined ? [head] : [`refs/heads/${ref}`, `refs/tags/${ref}`, ...(/^[0-9a-f]{4,40}$/.test(ref) ? [ref] : [])];
  for (const candidate of candidates) {
    const commit = await git.text(["rev-parse", "--verify", "--quiet", "--end-of-options", `${candidate}^{commit}`], {
      gitDir: mirrorPath,
      allowCodes: [1, 128],
    });
    if (!/^[0-9a-f]{40}$/.test(commit)) continue;
    await git.run(["update-ref", `refs/aideator/base/${runId}`, commit], { gitDir: mirrorPath });
    const branch = candidate.startsWith("refs/heads/") ? candidate.slice("refs/heads/".length) : undefined;
    return { commit, branch, ...(await countForeign(git, mirrorPath, commit)) };
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

/** The message says what is wrong, the field's what to do about it. */
function refused(field: "github_url" | "base", message: string, remedy: string): AppError {
  return new AppError("bad_request", message, [{ field, message: remedy }]);
}

function unreachable(message: string, remedy: string): AppError {
  return new AppError("repository_unreachable", message, [{ field: "github_url", message: remedy }]);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
