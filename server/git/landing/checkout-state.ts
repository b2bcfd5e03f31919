import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Git, GitError } from "../git-command";
import { LandingError } from "./landing-error";
import type { CheckoutState, Identity, TouchedPath } from "./landing-git";

/** Files of the git folder that say what git is in the middle of. */
const OPERATIONS: [string, string][] = [
  ["MERGE_HEAD", "a merge"],
  ["rebase-merge", "a rebase"],
  ["rebase-apply", "a rebase or git am"],
  ["CHERRY_PICK_HEAD", "a cherry-pick"],
  ["REVERT_HEAD", "a revert"],
  ["BISECT_LOG", "a bisect"],
];

/** Looks, and writes nothing: not even the index. */
export async function inspectCheckout(git: Git, path: string): Promise<CheckoutState> {
  const cwd = path;
  const gitDir = await workingTreeOf(git, path);
  const head = await git.text(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], { cwd, allowCodes: [1, 128] });
  if (head === "") throw refuse("This checkout has no commit yet.", "Make one there first.");
  const branch = await git.text(["symbolic-ref", "--quiet", "--short", "HEAD"], { cwd, allowCodes: [1] });
  const found = await Promise.all(OPERATIONS.map(async ([name, words]) => ((await exists(join(gitDir, name))) ? words : undefined)));
  const status = await git.run(["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no", "--ignore-submodules=dirty"], {
    cwd,
  });
  const records = status.stdout
    .toString("utf8")
    .split("\0")
    .filter((record) => record !== "")
    .map((record) => ({ code: record.slice(0, 2), path: record.slice(3) }));
  return {
    path,
    head,
    branch: branch === "" ? undefined : branch,
    inProgress: found.find((words) => words !== undefined),
    locked: await exists(join(gitDir, "index.lock")),
    unmerged: records.filter(({ code }) => /U|AA|DD/.test(code)).map((record) => record.path),
    dirty: records.map((record) => record.path),
    filters: await filtersOf(git, cwd),
    identity: await identityIn(git, cwd),
  };
}

async function workingTreeOf(git: Git, path: string): Promise<string> {
  try {
    const [bare, gitDir = ""] = (await git.text(["rev-parse", "--is-bare-repository", "--absolute-git-dir"], { cwd: path })).split("\n");
    if (bare === "true") throw refuse("This repository is bare: it has no files that could be changed.", "Push a branch to it instead.");
    const top = await git.text(["rev-parse", "--show-toplevel"], { cwd: path });
    if ((await realpath(top)) === (await realpath(path))) return gitDir;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (error.stderr.includes("dubious ownership"))
      throw refuse(
        "This checkout belongs to another user than the one this server runs as.",
        "Run the server as that user, or push a branch.",
      );
    throw refuse("There is no git checkout in this folder.", "Give the top folder of one.", error.stderr);
  }
  throw refuse("This folder is not the top of its checkout.", "Give the folder that holds .git.");
}

/** As `git commit` there would take them; undefined unless both are set. */
export async function identityIn(git: Git, cwd: string): Promise<Identity | undefined> {
  const read = (key: string): Promise<string> => git.text(["config", "--get", key], { cwd, allowCodes: [1, 128] });
  const [name, email] = [await read("user.name"), await read("user.email")];
  return name === "" || email === "" ? undefined : { name, email };
}

async function filtersOf(git: Git, cwd: string): Promise<string[]> {
  const keys = await git.text(["config", "--name-only", "--get-regexp", "^filter\\..*\\.(smudge|process|clean)$"], {
    cwd,
    allowCodes: [1],
  });
  const names = keys.split("\n").flatMap((key) => /^filter\.(.*)\.[a-z]+$/.exec(key)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** What is there and untracked where a file would be written: the path itself, or a file where a folder is needed. */
export async function findObstacles(path: string, touched: readonly TouchedPath[]): Promise<string[]> {
  const removed = new Set(touched.filter(({ before }) => before !== undefined).map((one) => one.path));
  const found = new Set<string>();
  for (const { path: file, before, after } of touched) {
    if (after === undefined || before !== undefined) continue;
    const parts = file.split("/");
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const part = parts.slice(0, depth).join("/");
      const entry = await lstat(join(path, part)).catch(() => undefined);
      if (entry === undefined) break;
      const isFolder = entry.isDirectory();
      if (depth < parts.length && isFolder) continue;
      // A folder that the change itself empties makes room.
      const gone = isFolder ? (await listed(join(path, part))).every((name) => removed.has(`${part}/${name}`)) : removed.has(part);
      if (!gone) found.add(part);
      break;
    }
  }
  return [...found].sort();
}

/** Files below a folder, relative to it. */
async function listed(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function refuse(message: string, remedy: string, detail?: string): LandingError {
  return new LandingError("conflict", message, remedy, { field: "checkout", detail });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
