import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DataLayout } from "./data-layout";
import type { Git } from "./git-command";
import type { GitStore } from "./git-store";

const NOBODY = {
  GIT_AUTHOR_NAME: "AIdeator",
  GIT_AUTHOR_EMAIL: "checks@aideator.invalid",
  GIT_AUTHOR_DATE: "1000000000 +0000",
  GIT_COMMITTER_NAME: "AIdeator",
  GIT_COMMITTER_EMAIL: "checks@aideator.invalid",
  GIT_COMMITTER_DATE: "1000000000 +0000",
};

/** See `GitStore.overlay`. The same input gives the same commit; nothing refers to it. */
export async function overlayTree(
  git: Git,
  layout: DataLayout,
  { runId, base, onto, files, removed = [] }: Parameters<GitStore["overlay"]>[0],
): Promise<{ commit: string; tree: string }> {
  const gitDir = layout.runRepository(runId);
  await mkdir(layout.temporary, { recursive: true });
  const env = { GIT_INDEX_FILE: join(layout.temporary, `overlay-${randomBytes(8).toString("hex")}`) };
  try {
    await git.run(["read-tree", onto], { gitDir, env });
    const gone = removed.map((path) => `0 ${"0".repeat(40)}\t${path}\0`);
    const put = files.map(({ path, mode, blob }) => `${mode} ${blob}\t${path}\0`);
    await git.run(["update-index", "-z", "--index-info"], { gitDir, env, stdin: [...gone, ...put].join("") });
    const tree = await git.text(["write-tree"], { gitDir, env });
    const commit = await git.text(["commit-tree", tree, "-p", base, "-F", "-"], { gitDir, env: NOBODY, stdin: "Tests of another tree\n" });
    return { commit, tree };
  } finally {
    await rm(env.GIT_INDEX_FILE, { force: true });
  }
}
