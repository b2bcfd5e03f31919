import type { Readable } from "node:stream";
import type { AttributesFile } from "@/lib/diff/generated-files";
import type { RunRefs } from "@/lib/run/trees";
import type { GitStream } from "./git-command";
import type { PathText } from "./path-text";
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

export interface RemoteRef {
  name: string;
  /** Full commit id; of a tag, what it names. */
  commit: string;
}

/** What a repository has where it comes from. */
export interface RemoteRefs {
  /** The default branch; absent while there is no commit. */
  head?: RemoteRef;
  branches: RemoteRef[];
  tags: RemoteRef[];
}

/** A base for whoever has nothing of its repository. */
export interface BasePack {
  /** Absolute; a pack of git. */
  file: string;
  /** Where history is cut: commits whose parents are not in it, as git's file `shallow` lists them. Empty: it is whole. */
  shallow: string[];
}

export interface TreeTotals {
  files: number;
  added: number;
  deleted: number;
}

/** One file that differs between two trees. Ids are git blob ids; absent on the side that lacks the file. */
export interface FileDiff extends PathText {
  /** Only for renames. */
  oldPath?: string;
  status: "added" | "modified" | "deleted" | "renamed";
  oldBlob?: string;
  newBlob?: string;
  /** Octal git modes: `100644`, `100755`, `120000` (symlink), `160000` (submodule, whose id is a commit elsewhere). */
  oldMode?: string;
  newMode?: string;
  /** Lines; 0 for binary files, submodules and files that are too large. */
  added: number;
  deleted: number;
  /** Also true for a file that is too large to look into. */
  binary: boolean;
  /** Bytes; of binary files only. */
  oldSize?: number;
  newSize?: number;
  tooLarge?: boolean;
}

export interface TreeDiff {
  files: FileDiff[];
  totals: TreeTotals;
  /** False: so much came and went that only identical files were paired. */
  renamesComplete: boolean;
}

export interface TreeFile extends PathText {
  blob: string;
  /** Bytes. */
  size: number;
  mode: string;
}

/** A file of a tree that is made. */
export interface TreeEntry {
  path: string;
  mode: string;
  blob: string;
}

/** What is known of a tree as a whole. */
export interface TreeIndex {
  blobs: ReadonlySet<string>;
  /** Its `.gitattributes` files. */
  attributes: AttributesFile[];
}

export interface BlobContent {
  size: number;
  binary: boolean;
  /** UTF-8 text with invalid bytes replaced, its beginning when `truncated`; absent for binary files. */
  text?: string;
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
  /** Branches and tags as they are upstream now; nothing is fetched. */
  remoteRefs(address: RepositoryAddress): Promise<RemoteRefs>;
  /** What `pinBase` would pin, from what the mirror has now; undefined when it has no such base, or is not there. */
  resolveBase(mirrorPath: string, ref?: string): Promise<Pick<PinnedBase, "commit" | "branch"> | undefined>;
  /** Paths of the files of a commit that the mirror has; kept by commit. */
  listMirrorPaths(mirrorPath: string, commit: string): Promise<readonly string[]>;
  /** The commit with its history, or of a large repository with the newest part of it; kept as a file, so that five pods are one pack. */
  basePack(mirrorPath: string, commit: string): Promise<BasePack>;
  /** The run's own bare repository; idempotent. Branches `a`…`e` do not exist until work is there. */
  createRunRepository(runId: string, mirrorPath: string, base: string): Promise<string>;
  /**
   * A pack with these commits and their whole history, for whoever has nothing; with `have`, a thin one for whoever has those. Ends with an
   * error when git does; destroying it ends git.
   */
  packCommits(runId: string, commits: readonly string[], have?: readonly string[]): Readable;
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
  /** Tree to tree, renames found; `from`/`to` are full commit ids. Answers are kept by their trees. */
  diff(runId: string, from: string, to: string, options?: { ignoreWhitespace?: boolean }): Promise<TreeDiff>;
  /** Id of a commit's tree. */
  treeOf(runId: string, commit: string): Promise<string>;
  /** The tree of `onto` with these files put in and those taken out, as a commit on `base` that nothing refers to. The same input gives the same commit. */
  overlay(input: {
    runId: string;
    base: string;
    onto: string;
    files: readonly { path: string; mode: string; blob: string }[];
    removed?: readonly string[];
  }): Promise<{ commit: string; tree: string }>;
  /** A unified diff, at most `limitBytes` long, `git apply`-able when not truncated. */
  patch(runId: string, from: string, to: string): Promise<string>;
  /** Paths of a tree with blob ids and sizes. */
  listFiles(runId: string, commit: string): Promise<TreeFile[]>;
  /** What is at a path of a tree: a blob, a folder (`tree`) or a submodule (`commit`); symbolic links are not followed. */
  entryAt(runId: string, commit: string, path: string): Promise<(TreeFile & { type: string }) | undefined>;
  /** Kept, since a base is asked about again and again. */
  treeIndex(runId: string, commit: string): Promise<TreeIndex>;
  /** Ids of the objects that these commits have and the base has not. */
  objectsBeyond(runId: string, base: string, commits: readonly string[]): Promise<ReadonlySet<string>>;
  readBlob(runId: string, blob: string): Promise<BlobContent>;
  /**
   * The bytes of many blobs at once, all of them views of one buffer that is the caller's. What is larger than `each` bytes, what comes after
   * `all` bytes are together, and what is not there is left out.
   */
  readBlobs(
    runId: string,
    blobs: readonly string[],
    limits: { each: number; all: number },
  ): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>>;
  /** Stores texts as blobs of the run's repository; resolves to their ids, in the same order. */
  writeBlobs(runId: string, texts: readonly string[]): Promise<string[]>;
  /**
   * The tree of a commit without the files `remove` and with those of `put`. Resolves to the paths that two files would have, or that would be
   * file and folder at once, instead of a tree.
   */
  writeTree(
    runId: string,
    input: { from: string; remove: readonly string[]; put: readonly TreeEntry[] },
  ): Promise<{ tree: string } | { clashes: string[] }>;
  /** A commit by AIdeator itself; `at` is ms since the epoch. */
  commitTree(runId: string, input: { tree: string; parent: string; message: string; at: number }): Promise<string>;
  /** The raw bytes. Rejects as `readBlob` does; the caller kills a stream that it does not read to its end. */
  streamBlob(runId: string, blob: string): Promise<{ size: number; open(): GitStream }>;
  /**
   * Creates or moves branch `winner` in the run's repository, and a named branch unless it holds something else than `replaces`. Resolves to the
   * branch that has the commit now, `winner` or the named one, without `refs/heads/`.
   */
  landBranch(input: { runId: string; branch: string; commit: string; replaces: ReadonlySet<string> }): Promise<string>;
  /** Makes the heads `a`…`e`, `winner`, the turns' tags and HEAD of a run's repository what the log says. */
  setRunRefs(runId: string, refs: RunRefs): Promise<void>;
  /** Commits of all refs that a client may see. */
  visibleTips(runId: string): Promise<Set<string>>;
  /** Lets these commits be fetched although no head is there any more. */
  keepCommits(runId: string, commits: readonly string[]): Promise<void>;
  /** One `git upload-pack` on the run's repository; what is wanted must have been checked before. */
  uploadPack(runId: string, options: { advertise: boolean; protocol: GitProtocol }): GitStream;
}
