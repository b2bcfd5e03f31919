import { cp, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { dataLayout } from "./data-layout";
import { createGit } from "./git-command";

const AUTHOR = { GIT_AUTHOR_NAME: "AIdeator", GIT_AUTHOR_EMAIL: "sample@aideator.invalid", GIT_AUTHOR_DATE: "2026-01-05T09:00:00Z" };
const COMMITTER = {
  GIT_COMMITTER_NAME: AUTHOR.GIT_AUTHOR_NAME,
  GIT_COMMITTER_EMAIL: AUTHOR.GIT_AUTHOR_EMAIL,
  GIT_COMMITTER_DATE: AUTHOR.GIT_AUTHOR_DATE,
};

/** Makes a git repository of the sample's files, once; the same commit id everywhere. Resolves to its folder. */
export async function ensureSampleRepository({ from, dataDir }: { from: string; dataDir: string }): Promise<string> {
  const layout = dataLayout(dataDir);
  const folder = join(dataDir, "sample", "sample-todo");
  const there = await stat(folder).then(
    () => true,
    () => false,
  );
  if (there) return folder;
  const git = createGit(layout.gitHome);
  await mkdir(layout.temporary, { recursive: true });
  await mkdir(join(folder, ".."), { recursive: true });
  const fresh = await mkdtemp(join(layout.temporary, "sample-"));
  try {
    await cp(from, fresh, { recursive: true });
    await git.run(["init", "--quiet"], { cwd: fresh });
    await git.run(["add", "--all"], { cwd: fresh });
    await git.run(["commit", "--quiet", "--no-gpg-sign", "--message", "A small todo list"], {
      cwd: fresh,
      env: { ...AUTHOR, ...COMMITTER },
    });
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
  return folder;
}
