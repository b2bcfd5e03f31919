import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { MAX_VARIATIONS } from "@/lib/run/bounds";
import type { DataLayout } from "./data-layout";
import type { Git, GitOptions } from "./git-command";
import type { GitStore, TreeTotals } from "./git-store";
import { diffTrees } from "./tree-diff";

/** What one variation may add to a run's repository. */
const MAX_PACK_BYTES = 512 * 1024 * 1024;
const OBJECT_ID = /^[0-9a-f]{40}$/;

type Import = Parameters<GitStore["importTree"]>[0];

/** Makes the run's bare repository; its alternates are the mirror's objects, so that it holds only what its agents made. Idempotent. */
export async function createRunRepository(git: Git, layout: DataLayout, runId: string, mirrorPath: string, base: string): Promise<string> {
  const path = layout.runRepository(runId);
  await mkdir(join(path, ".."), { recursive: true });
  await git.run(["init", "--bare", "--quiet", path]);
  await writeFile(join(path, "objects/info/alternates"), `${join(mirrorPath, "objects")}\n`);
  await git.run(["update-ref", "refs/aideator/base", base], { gitDir: path });
  return path;
}

/**
 * A pack from a sandbox → the run's repository. The pack is hostile: it is indexed in quarantine with strict checks and a size cap, and moves
 * only when its commit has the base as its one parent and everything that it reaches is there.
 */
export async function importTree(
  git: Git,
  layout: DataLayout,
  { runId, base, commit, packFile, variation, attempt }: Import,
): Promise<{ commit: string; tree: string } & TreeTotals> {
  if (!OBJECT_ID.test(commit) || !OBJECT_ID.test(base)) throw new Error("not a commit id");
  const path = layout.runRepository(runId);
  if (packFile !== undefined) await takePack(git, layout, { path, base, commit, packFile });
  else if (commit !== base) throw new Error("a tree that differs from the base came without its objects");
  const tree = await git.text(["rev-parse", "--verify", "--end-of-options", `${commit}^{tree}`], { gitDir: path });
  const letter = String.fromCharCode("a".charCodeAt(0) + variation);
  const updates = [`update refs/aideator/${variation}/${attempt} ${commit}`];
  // What agents make of compositions has no head of its own.
  if (variation < MAX_VARIATIONS) updates.push(`update refs/heads/${letter} ${commit}`);
  await git.run(["update-ref", "--stdin"], { gitDir: path, stdin: `${updates.join("\n")}\n` });
  return { commit, tree, ...(await diffTrees(git, path, base, commit)).totals };
}

async function takePack(
  git: Git,
  layout: DataLayout,
  { path, base, commit, packFile }: { path: string; base: string; commit: string; packFile: string },
): Promise<void> {
  await mkdir(layout.temporary, { recursive: true });
  const quarantine = await mkdtemp(join(layout.temporary, "quarantine-"));
  try {
    await mkdir(join(quarantine, "pack"));
    const inQuarantine: GitOptions = {
      gitDir: path,
      env: { GIT_OBJECT_DIRECTORY: quarantine, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(path, "objects") },
    };
    const index = ["index-pack", "--stdin", "--fix-thin", "--strict", `--max-input-size=${MAX_PACK_BYTES}`];
    await git.run(index, { ...inQuarantine, stdin: createReadStream(packFile) });
    const parents = await git.text(["show", "--no-patch", "--format=%P", "--end-of-options", commit], inQuarantine);
    if (parents !== base) throw new Error("the commit's parent is not the base of the run");
    // Everything reachable is there: walks trees and blobs, down to what the base has already.
    await git.run(["rev-list", "--objects", "--quiet", commit, `^${base}`], inQuarantine);
    await moveObjects(quarantine, join(path, "objects"));
  } finally {
    await rm(quarantine, { recursive: true, force: true });
  }
}

/** The index last: git looks for packs by their index. */
async function moveObjects(from: string, to: string): Promise<void> {
  const names = (await readdir(join(from, "pack"))).sort((one, other) => Number(one.endsWith(".idx")) - Number(other.endsWith(".idx")));
  await mkdir(join(to, "pack"), { recursive: true });
  for (const name of names) {
    const target = join(to, "pack", name);
    const known = await stat(target).then(
      () => true,
      () => false,
    );
    // The same objects give the same name: the agent came back to a tree that it had before.
    if (!known) await rename(join(from, "pack", name), target);
  }
}

/** What the mirror has packed already is copied rather than packed anew. */
export function packCommits(git: Git, gitDir: string, commits: readonly string[], have: readonly string[] = []): Readable {
  if (![...commits, ...have].every((commit) => OBJECT_ID.test(commit))) throw new Error("not a commit id");
  const thin = have.length === 0 ? [] : ["--thin"];
  return git.output(["pack-objects", "--revs", "--stdout", "--quiet", "--delta-base-offset", ...thin], {
    gitDir,
    config: ["pack.threads=1", "pack.windowMemory=64m"],
    stdin: [...commits, ...have.map((commit) => `^${commit}`), ""].join("\n"),
  });
}

/**
 * Moves `winner`, and makes the branch or moves it at once where it holds one of `replaces`. Resolves to the branch that has the commit: `winner`
 * where the other one was made by a landing, which stays as it is.
 */
export async function landBranch(
  git: Git,
  layout: DataLayout,
  { runId, branch, commit, replaces }: Parameters<GitStore["landBranch"]>[0],
): Promise<string> {
  const gitDir = layout.runRepository(runId);
  await git.run(["check-ref-format", "--branch", branch], { gitDir });
  const ref = `refs/heads/${branch}`;
  const there = await git.text(["rev-parse", "--verify", "--quiet", ref], { gitDir, allowCodes: [1, 128] });
  const free = there === "" || there === commit || replaces.has(there);
  const updates = [`update refs/heads/winner ${commit}`];
  if (free) updates.push(`update ${ref} ${commit} ${there === "" ? "0".repeat(40) : there}`);
  await git.run(["update-ref", "--stdin"], { gitDir, stdin: `${updates.join("\n")}\n` });
  return free ? branch : "winner";
}
