import { lstat, readFile, readlink, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Git, GitError } from "../git-command";
import { findObstacles } from "./checkout-state";
import { LandingError } from "./landing-error";
import type { CheckoutWrite, Recovered, TouchedPath } from "./landing-git";

const LOCK_TRIES = 50;
const LOCK_PAUSE_MS = 100;
const NONE = "0".repeat(40);

/**
 * Brings HEAD's files to those of `write.commit`, whose objects are there already. `read-tree -m -u` (git-read-tree(1), two trees) checks
 * every path before it writes the first: what differs from HEAD at a touched path, in the index or on the disk, makes it refuse as a whole.
 * The reference moves last, and only from the value it had. What fails on the way is undone.
 */
export async function writeCheckout(git: Git, write: CheckoutWrite): Promise<void> {
  const { path: cwd, mode, head, commit, newRef, touched } = write;
  // git itself overwrites files that are ignored: looked for again at the last moment.
  const obstacles = await findObstacles(cwd, touched);
  if (obstacles.length > 0) {
    const message = `Files have appeared where new ones would be written: ${obstacles.slice(0, 5).join(", ")}.`;
    throw new LandingError("conflict", message, "Move them away, then land again.", { field: "checkout" });
  }
  // The clean filters of the user see every file that only looks changed; nothing but the index's times is written.
  await git.run(["update-index", "-q", "--refresh"], { cwd, allowCodes: [1] });
  if (newRef !== undefined) await git.run(["update-ref", "-m", REFLOG, newRef, commit, NONE], { cwd });
  try {
    await git.run(["read-tree", "-m", "-u", head, commit], { cwd });
    if (mode === "commit") await git.run(["update-ref", "-m", REFLOG, "HEAD", commit, head], { cwd });
    if (newRef !== undefined) await git.run(["symbolic-ref", "-m", REFLOG, "HEAD", newRef], { cwd });
  } catch (error) {
    const { left } = await undo(git, write);
    throw failed(error, left);
  }
}

const REFLOG = "aideator: land a variation";

function failed(error: unknown, left: string[]): LandingError {
  const detail = error instanceof GitError ? error.stderr : error instanceof Error ? error.message : String(error);
  const state =
    left.length === 0 ? "The checkout is as it was before." : `Look at these files, they may be incomplete: ${left.join(", ")}.`;
  return new LandingError("conflict", `The checkout could not be changed. ${state}`, "Read what git said, then try again.", {
    field: "checkout",
    detail,
  });
}

/** After a crash: what was finished stays, anything else is undone. */
export async function recoverCheckout(git: Git, write: CheckoutWrite): Promise<Recovered> {
  const { path: cwd, mode, head, commit, newRef } = write;
  if (!(await waitForLock(git, cwd))) return { state: "stuck", left: write.touched.map(({ path }) => path) };
  const now = await git.text(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], { cwd, allowCodes: [1, 128] });
  const on = await git.text(["symbolic-ref", "--quiet", "HEAD"], { cwd, allowCodes: [1] });
  if (mode === "commit" && now === commit) return { state: "finished", left: [] };
  if (mode === "branch" && on === newRef && now === commit) return { state: "finished", left: [] };
  // Someone has committed or switched since: nothing of theirs is touched.
  if (now !== head) return { state: "stuck", left: [] };
  if (mode === "worktree" && (await isApplied(git, write))) return { state: "finished", left: [] };
  return { state: "restored", ...(await undo(git, write)) };
}

/** A git that outlived the server may still be writing. */
async function waitForLock(git: Git, cwd: string): Promise<boolean> {
  const lock = join(await git.text(["rev-parse", "--absolute-git-dir"], { cwd }), "index.lock");
  for (let tries = 0; tries < LOCK_TRIES; tries += 1) {
    const there = await stat(lock).then(
      () => true,
      () => false,
    );
    if (!there) return true;
    await pause(LOCK_PAUSE_MS);
  }
  return false;
}

async function isApplied(git: Git, { path, commit, touched }: CheckoutWrite): Promise<boolean> {
  const files = touched.filter(({ after, afterMode }) => after !== undefined && afterMode !== "160000");
  const index = await git.run(["diff-index", "--cached", "--name-only", "-z", commit], { cwd: path });
  const differing = new Set(index.stdout.toString("utf8").split("\0"));
  if (touched.some((one) => differing.has(one.path))) return false;
  for (const one of files) if ((await blobAt(git, path, one)) !== one.after) return false;
  return true;
}

/**
 * Takes back what was written. Every touched path was clean before, so what is neither as before nor as (the beginning of what) was written
 * has been changed by someone else since, and stays.
 */
async function undo(git: Git, write: CheckoutWrite): Promise<{ left: string[] }> {
  const { path: cwd, head, commit, newRef, touched } = write;
  const restore: string[] = [];
  const left: string[] = [];
  for (const one of touched) {
    if (one.beforeMode === "160000" || one.afterMode === "160000") continue;
    const now = await blobAt(git, cwd, one);
    if (now === one.before) continue;
    if (now !== undefined && now !== one.after && !(await isBeginning(git, cwd, one))) left.push(one.path);
    else if (one.before === undefined) await removeFile(cwd, one.path);
    else restore.push(one.path);
  }
  const all = touched.map(({ path }) => path);
  await git.run(["reset", "--quiet", "--pathspec-from-file=-", "--pathspec-file-nul", head], {
    cwd,
    stdin: all.join("\0"),
    allowCodes: [1],
  });
  if (restore.length > 0) await git.run(["checkout-index", "--force", "-u", "-z", "--stdin"], { cwd, stdin: `${restore.join("\0")}\0` });
  if (newRef !== undefined) await git.run(["update-ref", "-d", newRef, commit], { cwd, allowCodes: [1, 128] });
  return { left };
}

/** What git would store for the file there; undefined when there is none, an id of nothing for what git cannot store. */
async function blobAt(git: Git, cwd: string, { path }: TouchedPath): Promise<string | undefined> {
  const file = join(cwd, path);
  const entry = await lstat(file).catch(() => undefined);
  if (entry === undefined) return undefined;
  if (entry.isSymbolicLink()) return git.text(["hash-object", "--stdin"], { cwd, stdin: await readlink(file) });
  if (!entry.isFile()) return NONE;
  return git.text(["hash-object", "--stdin-paths"], { cwd, stdin: `${quoted(path)}\n` });
}

/** `--stdin-paths` reads lines; a path with a line break or a quote in front is given as a C string. */
function quoted(path: string): string {
  return /["\\\n]/.test(path) ? `"${path.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"` : path;
}

/** A file that a killed git had not written to its end. */
async function isBeginning(git: Git, cwd: string, { path, after }: TouchedPath): Promise<boolean> {
  if (after === undefined) return false;
  const [bytes, { stdout }] = await Promise.all([readFile(join(cwd, path)), git.run(["cat-file", "blob", after], { cwd })]);
  return bytes.length < stdout.length && stdout.subarray(0, bytes.length).equals(bytes);
}

async function removeFile(cwd: string, path: string): Promise<void> {
  await rm(join(cwd, path), { force: true });
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    const removed = await rmdir(join(cwd, folder)).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}
