import type { Readable } from "node:stream";
import type { RepositoryAddress } from "../git-store";

/** Who a commit is by. */
export interface Identity {
  name: string;
  email: string;
}

/** One place where both sides changed the same lines. Long sides are cut. */
export interface ConflictHunk {
  /** Line in the merged file, from 1, where the conflict begins. */
  line: number;
  ours: string[];
  theirs: string[];
}

export interface Conflict {
  path: string;
  /** git's own words: `Merge conflict in src/a.ts`. */
  message: string;
  hunks: ConflictHunk[];
}

/** A variation's work brought onto another commit by a three-way merge of trees. */
export interface Merged {
  /** With conflicts it holds markers, and nothing is made of it. */
  tree: string;
  conflicts: Conflict[];
}

export interface CommitLine {
  commit: string;
  subject: string;
  author: string;
}

/** One path that differs between two commits of a checkout; blobs are absent on the side without the file. */
export interface TouchedPath {
  path: string;
  /** Only there when the name is not UTF-8, and `path` only shows it. */
  pathBytes?: string;
  before?: string;
  after?: string;
  /** Octal git modes. */
  beforeMode?: string;
  afterMode?: string;
}

/** A folder of the user with a working tree, as it is now. */
export interface CheckoutState {
  path: string;
  head: string;
  /** Absent: HEAD is detached. */
  branch?: string;
  /** What git is in the middle of: `a merge`. */
  inProgress?: string;
  /** Another git works there, or one died. */
  locked: boolean;
  /** Files with conflicts that nobody has solved. */
  unmerged: string[];
  /** Tracked files with changes that are not committed, staged or not. */
  dirty: string[];
  /** Names of filters that the user has configured: programs that git runs when it writes a file that an attribute names. */
  filters: string[];
  identity?: Identity;
}

/** How a tree comes into a checkout. */
export type CheckoutMode = "commit" | "worktree" | "branch";

/** Everything that is needed to finish or to undo one write to a checkout; kept in a journal before the first write. */
export interface CheckoutWrite {
  path: string;
  mode: CheckoutMode;
  /** HEAD before, and what its files become. */
  head: string;
  commit: string;
  /** Full name of the branch that mode `branch` makes. */
  newRef?: string;
  touched: TouchedPath[];
}

/** What became of a checkout in which a write was cut off. */
export interface Recovered {
  state: "finished" | "restored" | "stuck";
  /** Paths that were left alone since someone has changed them, or all of them when it is stuck. */
  left: string[];
}

export interface PushTarget {
  address: RepositoryAddress;
  /** Sent as password to this address only, by the environment; never part of an argument. Absent: the user's own ssh-agent and helpers. */
  token?: string;
}

export interface PushOrder {
  runId: string;
  commit: string;
  branch: string;
  /** What an earlier landing left on that branch of this remote. */
  lastPushed?: string;
  /** Replace it when it is still exactly that. */
  update: boolean;
}

/**
 * All git that landing needs. Rejects with `LandingError` where a person can do something about it. Commits are made from trees in the run's
 * repository: no working tree, no hook, no filter, no merge driver takes part.
 */
export interface LandingGit {
  /** The user's name as their git knows it: in this repository, else for the server's user. */
  identity(repository?: string): Promise<Identity | undefined>;
  /** Fetches, and resolves to the newest commit of a branch; undefined when there is none. */
  upstreamTip(address: RepositoryAddress, branch: string): Promise<string | undefined>;
  /** Commits of `to` that `from` lacks, newest first, at most `limit`. */
  commitsBetween(runId: string, from: string, to: string, limit: number): Promise<{ commits: CommitLine[]; total: number }>;
  /** Brings `snapshot`, whose base is `base`, onto `onto`. */
  merge(runId: string, base: string, snapshot: string, onto: string): Promise<Merged>;
  treeOf(runId: string, commit: string): Promise<string>;
  /** The trailers of a commit's message with this key, as whole lines. */
  trailers(runId: string, commit: string, key: string): Promise<string[]>;
  /** The same input gives the same commit. `at` is ms since the epoch. */
  commit(runId: string, input: { tree: string; parent: string; identity: Identity; message: string; at: number }): Promise<string>;
  /** All branches of the run's repository, name → commit. */
  runBranches(runId: string): Promise<ReadonlyMap<string, string>>;
  /** Makes a branch of the run's repository, or moves it if it still holds `was`. */
  setBranch(runId: string, branch: string, commit: string, was: string | undefined): Promise<void>;
  /** Paths that differ, renames as two. */
  touched(runId: string, from: string, to: string): Promise<TouchedPath[]>;
  /** Filters that `.gitattributes` files of `to` name and those of `from` do not. */
  newFilters(runId: string, from: string, to: string): Promise<string[]>;

  /** `path` is the top of a working tree inside an allowed folder. */
  inspectCheckout(path: string): Promise<CheckoutState>;
  /** Untracked files and folders that stand where a write would put a file. */
  obstacles(path: string, touched: readonly TouchedPath[]): Promise<string[]>;
  /** Makes the checkout's HEAD known to the run's repository. */
  takeHead(runId: string, path: string, head: string): Promise<void>;
  /** False when these commits of the run's repository have no ancestor in common. */
  related(runId: string, one: string, other: string): Promise<boolean>;
  /** Whether the checkout's repository has this commit. */
  hasCommit(path: string, commit: string): Promise<boolean>;
  /** Names of the branches of the checkout's repository. */
  branches(path: string): Promise<string[]>;
  /** Makes the branch in the checkout's repository without switching to it. */
  addBranch(runId: string, path: string, branch: string, commit: string): Promise<void>;
  /** All or nothing: git checks every path before it writes the first, and what fails afterwards is undone. */
  writeCheckout(runId: string, write: CheckoutWrite): Promise<void>;
  /** After a crash: finds out how far a write came, and undoes what is not finished. */
  recoverCheckout(write: CheckoutWrite): Promise<Recovered>;

  /** Whether a repository on this machine is bare, and where its remote `origin` is pushed to, as its own git says. */
  originOf(path: string): Promise<{ bare: boolean; origin?: string }>;
  /** Resolves to whether anything had to be sent. */
  push(target: PushTarget, order: PushOrder): Promise<{ sent: boolean }>;

  /** One mail for `git am`: the commit against its parent, binary files included. */
  mail(runId: string, commit: string): Readable;
  /** Every file of the tree, byte by byte, below the folder `prefix`. */
  archive(runId: string, commit: string, format: "zip" | "tar", prefix: string): Promise<Readable>;
}
