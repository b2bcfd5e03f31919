import type { RunRefs } from "@/lib/run/trees";
import type { GitStream } from "./git-command";
import type { GitProtocol } from "./run-refs";

export type { GitProtocol, GitStream };

/** A repository address that passed the allow-list; the only form in which one reaches git. */
export interface RepositoryAddress {
  kind: "https" | "ssh" | "path";
  /** What is given to git: without credentials, or an absolute real path. */
  url: string;
  /** For people: `acme/shop`, or the folder's name. */
  name: string;
}

export interface PinnedBase {
  /** Full commit id. */
  commit: string;
  /** Short branch name when the base is a branch's tip. */
  branch?: string;
  /** Reported, not silently skipped. */
  submodules: number;
  lfsPointers: number;
}

export interface TreeTotals {
  files: number;
  added: number;
  deleted: number;
}

/** One file that differs between two trees. Ids are git blob ids; absent on the side that lacks the file. */
export interface FileDiff {
  path: string;
  /** Only for renames. */
  oldPath?: string;
  status: "added" | "modified" | "deleted" | "renamed";
  oldBlob?: string;
  newBlob?: string;
  /** Octal git modes: `100644`, `100755`, `120000` (symlink), `160000` (submodule). */
  oldMode?: string;
  newMode?: string;
  /** Lines; 0 for binary files. */
  added: number;
  deleted: number;
  binary: boolean;
}

export interface BlobContent {
  size: number;
  binary: boolean;
  /** UTF-8 text with invalid bytes replaced; absent for binary files and above the limit. */
  text?: string;
  /** Raw bytes, for images; absent above the limit. */
  bytes?: Buffer;
  truncated: boolean;
}

/**
 * Git for runs, trees and diffs. Two kinds of store: *mirrors* hold upstream objects only and are what sandboxes see;
 * each run has a bare repository of its own (alternates → mirror) with its snapshots and branches. Rejects with `AppError`
 * (`bad_request`, `repository_unreachable`, `not_found`) where a person can do something, else with a plain `Error`.
 */
export interface GitStore {
  /** Creates or refreshes the mirror; concurrent calls for one address share one fetch. Resolves to the bare repository's path. */
  openMirror(address: RepositoryAddress): Promise<string>;
  /** Where an address' mirror is, without touching the network: a run whose base is pinned needs no more. */
  mirrorPath(address: RepositoryAddress): string;
  /** Branch, tag or (abbreviated) commit → a pinned commit, kept alive by a ref of its own. `ref` absent: the default branch. */
  pinBase(mirrorPath: string, runId: string, ref?: string): Promise<PinnedBase>;
  /** Branches of the mirror, default first. */
  listBranches(mirrorPath: string): Promise<string[]>;
  /** The run's own bare repository; idempotent. Branches `a`…`e` do not exist until work is there. */
  createRunRepository(runId: string, mirrorPath: string, base: string): Promise<string>;
  /** Path of the run's repository. */
  runRepository(runId: string): string;
  /**
   * Checks a pack from a sandbox in quarantine (size cap, strict fsck, connectivity to `base`), moves it into the run's repository and sets
   * `refs/aideator/{variation}/{attempt}` and branch `a`…`e`. Without a pack the commit must already be there or equal the base's tree.
   */
  importTree(input: {
    runId: string;
    base: string;
    commit: string;
    packFile?: string;
    variation: number;
    attempt: number;
  }): Promise<{ commit: string; tree: string } & TreeTotals>;
  /** Tree to tree, renames found; `from`/`to` are full commit ids. */
  diff(runId: string, from: string, to: string): Promise<FileDiff[]>;
  /** A unified diff, at most `limitBytes` long, `git apply`-able when not truncated. */
  patch(runId: string, from: string, to: string): Promise<string>;
  /** Paths of a tree with blob ids and sizes. */
  listFiles(runId: string, commit: string): Promise<{ path: string; blob: string; size: number; mode: string }[]>;
  readBlob(runId: string, blob: string): Promise<BlobContent>;
  /** Creates or moves branch `winner` and a named branch in the run's repository. Resolves to the full branch name without `refs/heads/`. */
  landBranch(input: { runId: string; branch: string; commit: string }): Promise<string>;
  /** Makes the heads `a`…`e`, `winner`, the turns' tags and HEAD of a run's repository what the log says. */
  setRunRefs(runId: string, refs: RunRefs): Promise<void>;
  /** Commits of all refs that a client may see. */
  visibleTips(runId: string): Promise<Set<string>>;
  /** Lets these commits be fetched although no head is there any more. */
  keepCommits(runId: string, commits: readonly string[]): Promise<void>;
  /** One `git upload-pack` on the run's repository; what is wanted must have been checked before. */
  uploadPack(runId: string, options: { advertise: boolean; protocol: GitProtocol }): GitStream;
}
