import { AppError } from "../app-error";
import { createBoundedCache } from "../bounded-cache";
import { createBasePacks } from "./base-packs";
import { readBlobBatch } from "./blob-batch";
import { overlayTree } from "./check-trees";
import { writeBlobs, writeTree } from "./composed-tree";
import { dataLayout } from "./data-layout";
import { createGit } from "./git-command";
import type { GitStore, TreeDiff, TreeIndex } from "./git-store";
import { commitTree } from "./landing/landing-commit";
import { createMirrors } from "./mirror";
import { accessOf } from "./remote-access";
import { readRemoteRefs } from "./remote-refs";
import { keepCommits, setRunRefs, uploadPack, visibleTips } from "./run-refs";
import { createRunRepository, importTree, landBranch, packCommits } from "./run-repository";
import { diffTrees, patchBetween } from "./tree-diff";
import { blobSize, entryAt, indexTree, listPaths, listTree, objectsBeyond, readBlobContent, streamBlob } from "./tree-files";

/** A row of a diff takes some 500 bytes of memory, an id some 100. */
const MAX_KEPT_ROWS = 200_000;
const MAX_KEPT_BLOBS = 500_000;
const MAX_KEPT_PATHS = 500_000;

/** The name that agents commit under, too (`tree-scripts.ts`). */
const ITSELF = { name: "AIdeator", email: "agent@aideator.invalid" };

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

  const diffs = createBoundedCache<TreeDiff>({ bound: MAX_KEPT_ROWS, weigh: ({ files }) => files.length + 1 });
  const indexes = createBoundedCache<TreeIndex>({ bound: MAX_KEPT_BLOBS, weigh: ({ blobs }) => blobs.size + 1 });
  const mirrorPaths = createBoundedCache<readonly string[]>({ bound: MAX_KEPT_PATHS, weigh: (paths) => paths.length + 1 });
  const beyond = createBoundedCache<ReadonlySet<string>>({ bound: MAX_KEPT_BLOBS, weigh: (ids) => ids.size + 1 });

  /** The trees of commits. One that is not there is the caller's mistake. */
  async function treesOf(runId: string, ...commits: string[]): Promise<string[]> {
    const stdin = commits.map((commit) => `${commit}^{tree}\n`).join("");
    const answer = await git.text(["cat-file", "--batch-check=%(objectname)"], { gitDir: repository(runId), stdin });
    return answer.split("\n").map((line, index) => {
      if (/^[0-9a-f]{40}$/.test(line)) return line;
      throw new AppError("not_found", `This run has no commit ${commits[index]?.slice(0, 12)}.`);
    });
  }

  return {
    openMirror: (address) => mirrors.open(address),
    mirrorPath: (address) => layout.mirror(address),
    pinBase: (mirrorPath, runId, ref) => mirrors.pin(mirrorPath, runId, ref),
    remoteRefs: async (address) => readRemoteRefs(git, address, await accessOf(address, options)),
    resolveBase: (mirrorPath, ref) => mirrors.resolve(mirrorPath, ref),
    listMirrorPaths: (mirrorPath, commit) => mirrorPaths.get(`${mirrorPath} ${commit}`, () => listPaths(git, mirrorPath, commit)),
    basePack: createBasePacks(git, { folder: layout.basePacks }),
    createRunRepository: (runId, mirrorPath, base) => createRunRepository(git, layout, runId, mirrorPath, base),
    runRepository: repository,
    importTree: (input) => importTree(git, layout, input),
    async diff(runId, from, to, diffOptions = {}) {
      const trees = await treesOf(runId, from, to);
      const key = [...trees, diffOptions.ignoreWhitespace === true ? "w" : ""].join(" ");
      return diffs.get(key, () => diffTrees(git, repository(runId), from, to, diffOptions));
    },
    treeOf: async (runId, commit) => (await treesOf(runId, commit))[0] ?? "",
    overlay: (input) => overlayTree(git, layout, input),
    async patch(runId, from, to) {
      await treesOf(runId, from, to);
      return patchBetween(git, repository(runId), from, to);
    },
    async listFiles(runId, commit) {
      await treesOf(runId, commit);
      return listTree(git, repository(runId), commit);
    },
    entryAt: (runId, commit, path) => entryAt(git, repository(runId), commit, path),
    treeIndex: (runId, commit) => indexes.get(commit, () => indexTree(git, repository(runId), commit)),
    objectsBeyond: (runId, base, commits) =>
      beyond.get([runId, ...commits].join(" "), () => objectsBeyond(git, repository(runId), base, commits)),
    async readBlob(runId, blob) {
      const content = await readBlobContent(git, repository(runId), blob);
      if (content === undefined) throw noContent(blob);
      return content;
    },
    readBlobs: (runId, blobs, limits) => readBlobBatch(git, repository(runId), blobs, limits),
    writeBlobs: (runId, texts) => writeBlobs(git, repository(runId), texts),
    writeTree: (runId, input) => writeTree(git, layout, repository(runId), input),
    commitTree: (runId, input) => commitTree(git, repository(runId), { ...input, identity: ITSELF }),
    async streamBlob(runId, blob) {
      const size = await blobSize(git, repository(runId), blob);
      if (size === undefined) throw noContent(blob);
      return { size, open: () => streamBlob(git, repository(runId), blob) };
    },
    landBranch: (input) => landBranch(git, layout, input),
    setRunRefs: (runId, refs) => setRunRefs(git, repository(runId), refs),
    visibleTips: (runId) => visibleTips(git, repository(runId)),
    keepCommits: (runId, commits) => keepCommits(git, repository(runId), commits),
    packCommits: (runId, commits, have) => packCommits(git, repository(runId), commits, have),
    uploadPack: (runId, options) => uploadPack(git, repository(runId), options),
  };
}

function noContent(blob: string): AppError {
  return new AppError("not_found", `This run has no file content ${blob.slice(0, 12)}.`);
}
