import { AppError } from "../app-error";
import { dataLayout } from "./data-layout";
import { createGit } from "./git-command";
import type { GitStore } from "./git-store";
import { createMirrors } from "./mirror";
import { keepCommits, setRunRefs, uploadPack, visibleTips } from "./run-refs";
import { createRunRepository, importTree, landBranch } from "./run-repository";
import { diffTrees, listTree, patchBetween, readBlobContent } from "./tree-diff";

export interface GitStoreOptions {
  /** Absolute. */
  dataDir: string;
  /** `host` or `host:port` that may be dialled although they are not public. */
  gitHosts: string[];
  /** The user's ssh-agent, for fetches only. */
  sshAgent?: string;
}

/** Git on this machine's disk; see `GitStore`. */
export function createGitStore(options: GitStoreOptions): GitStore {
  const layout = dataLayout(options.dataDir);
  const git = createGit(layout.gitHome);
  const mirrors = createMirrors(git, layout, options);
  const repository = (runId: string): string => layout.runRepository(runId);

  /** A commit or blob that is not there is the caller's mistake. */
  async function known(runId: string, id: string): Promise<void> {
    const { code } = await git.run(["cat-file", "-e", id], { gitDir: repository(runId), allowCodes: [1, 128] });
    if (code !== 0) throw new AppError("not_found", `This run has no object ${id.slice(0, 12)}.`);
  }

  return {
    openMirror: (address) => mirrors.open(address),
    mirrorPath: (address) => layout.mirror(address),
    pinBase: (mirrorPath, runId, ref) => mirrors.pin(mirrorPath, runId, ref),
    listBranches: (mirrorPath) => mirrors.branches(mirrorPath),
    createRunRepository: (runId, mirrorPath, base) => createRunRepository(git, layout, runId, mirrorPath, base),
    runRepository: repository,
    importTree: (input) => importTree(git, layout, input),
    async diff(runId, from, to) {
      await Promise.all([known(runId, from), known(runId, to)]);
      return diffTrees(git, repository(runId), from, to);
    },
    async patch(runId, from, to) {
      await Promise.all([known(runId, from), known(runId, to)]);
      return patchBetween(git, repository(runId), from, to);
    },
    async listFiles(runId, commit) {
      await known(runId, commit);
      return listTree(git, repository(runId), commit);
    },
    async readBlob(runId, blob) {
      const content = await readBlobContent(git, repository(runId), blob);
      if (content === undefined) throw new AppError("not_found", `This run has no file content ${blob.slice(0, 12)}.`);
      return content;
    },
    landBranch: (input) => landBranch(git, layout, input),
    setRunRefs: (runId, refs) => setRunRefs(git, repository(runId), refs),
    visibleTips: (runId) => visibleTips(git, repository(runId)),
    keepCommits: (runId, commits) => keepCommits(git, repository(runId), commits),
    uploadPack: (runId, options) => uploadPack(git, repository(runId), options),
  };
}
