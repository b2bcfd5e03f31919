import type { Readable } from "node:stream";
import type { AgentTask } from "@/lib/protocol/agent-task";
import type { Failure } from "@/lib/run/failures";
import type { PromptImageType } from "@/lib/run/prompt-images";

/** Everything an executor needs for one attempt. `name` is deterministic (`agent-{run}-{index}[-{attempt}]`): `start` twice is one sandbox. */
export interface AttemptSpec {
  name: string;
  task: AgentTask;
  /** The mirror's bare repository on the host: shown to the sandbox read-only. */
  mirrorPath: string;
  /** Full commit id that the tree starts from; present in the mirror. */
  baseCommit: string;
  /** What the tree starts as instead of the base: a snapshot of the same variation, which the mirror has not. */
  start?: StartTree;
  token: string;
  /** What the tree and the agent's commands have beside the repository; absent: nothing. */
  environment?: AttemptEnvironment;
  /** Pictures of the prompt, host files: the executor puts them beside the task and names them in it. */
  images?: { hostPath: string; mediaType: PromptImageType }[];
}

/** The tree of a follow-up: a commit on top of the base. */
export interface StartTree {
  commit: string;
  /** A thin pack with what the mirror lacks, read once. */
  pack(): Readable;
}

/** Dependencies and variables that an attempt starts with. Only `prepare` and `start` look at it. */
export interface AttemptEnvironment {
  /** Absolute; what `keep` made. It is copied into the attempt's tree and home, never linked, and stays out of snapshots. */
  dependencies?: string;
  /** Of the agent's commands. Secrets among them: they stand in no list of processes and in no argument. */
  variables: Record<string, string>;
  /** Folders inside that come first in the search path. */
  path: string[];
}

/** A set-up: one command in a tree at the base, in a sandbox whose only way out is a proxy. It is attached, stopped and cleaned up like an attempt. */
export interface SetupSpec {
  /** `agent-setup-…`; of a check `agent-check-…`. */
  name: string;
  mirrorPath: string;
  baseCommit: string;
  /** As in `AttemptSpec`: of a check, the tree that is checked. */
  start?: StartTree;
  /** What the tree has beside the repository; its variables come before those below. */
  environment?: AttemptEnvironment;
  setup: {
    /** For a shell in the tree. */
    command: string;
    variables: Record<string, string>;
    /** The proxy's unix socket; its folder holds nothing else. Absent: there is no way out at all. */
    proxySocket?: string;
    /** Files and folders of the host that the command may read, and where they lie inside. */
    shown: { from: string; to: string }[];
    /** Which folders `keep` takes once it has ended with 0; absent: none. */
    keep?: KeptFolders;
    /** The folder below `/tmp` whose files `reports` reads. */
    reports?: string;
    minutes: number;
  };
}

/** Which folders of a set-up are kept; paths relative, with `/`. */
export interface KeptFolders {
  /** Every folder of this name in the tree, outermost ones. */
  named: string[];
  tree: string[];
  home: string[];
}

/** Plain JSON that survives a restart of the server. Each adapter narrows `data` with a schema of its own. */
export interface ExecutorRef {
  executor: string;
  name: string;
  data: Record<string, string | number | boolean | null>;
}

/** One line of the sandbox's stdout; `line` counts from 1 and never repeats within an attempt. */
export interface SpoolLine {
  line: number;
  text: string;
}

export type AttemptExit =
  | { kind: "exited"; code: number }
  | { kind: "signalled"; signal: string }
  /** The executor itself ended it, or found it gone; the failure says why. */
  | { kind: "failed"; failure: Failure };

/** What `attach` yields: every line from `fromLine` on, then exactly one exit. */
export type AttachItem = { type: "line"; line: SpoolLine } | { type: "exit"; exit: AttemptExit };

/** The attempt's whole tree as a git commit on top of the base, as a thin pack in a host file. */
export interface CollectedTree {
  /** Commit id; its parent is the base commit. */
  commit: string;
  /** A pack with what the mirror lacks; absent when the tree equals the base's. */
  packFile?: string;
  /** Named: what is not in it, or is in it in another form. */
  warnings: string[];
  /** False: work that nobody ignores is missing from it, so the tree itself must stay. */
  complete: boolean;
}

/** One thing that a sandbox keeps apart or bounds, and whether that works on this machine. */
export interface SandboxMeasure {
  name: string;
  inForce: boolean;
  /** How, or why not and what to do. */
  how: string;
}

export interface SandboxReport {
  /** One line for people: `bubblewrap · no network · own PIDs · uid 61001`. */
  summary: string;
  /** False: nothing isolates; commands are then off unless the user opted in. */
  isolated: boolean;
  measures: SandboxMeasure[];
  /** Whether the API of a Kubernetes cluster answers; absent where agents work elsewhere. */
  cluster?: boolean;
  /** Exact remedy when something is missing. */
  remedy?: string;
}

/**
 * Where agents work. Every adapter passes `executor.contract.ts`.
 * Failures of the agent are data in `attach`'s exit; a method rejects only where the executor itself cannot do its work.
 */
export interface Executor {
  readonly kind: "local" | "kubernetes" | "container" | "fake";
  /**
   * What set-ups and checks find beside their tree where that is not this machine: what was built in one is good in no other. As exactly as the
   * adapter knows it.
   */
  image?(): Promise<string>;
  /** What is in force, by probing. Cached by the adapter. */
  report(): Promise<SandboxReport>;
  /** Makes the tree. Idempotent: a half-made tree is made again. */
  prepare(spec: AttemptSpec | SetupSpec): Promise<void>;
  /** Starts the agent, or finds the one that already runs under this name. */
  start(spec: AttemptSpec | SetupSpec): Promise<ExecutorRef>;
  /** The reference of an attempt that was started under `name` but not recorded, if there is one. */
  adopt(name: string): Promise<ExecutorRef | undefined>;
  /** Whether an attempt that was started still works, or has said how it ended; false: nothing of it is left but what it printed. */
  alive(ref: ExecutorRef): Promise<boolean>;
  /** Lines after the cursor, then live ones, then the exit; ends early only when `signal` aborts. */
  attach(ref: ExecutorRef, options: { fromLine: number; signal: AbortSignal }): AsyncIterable<AttachItem>;
  /** Ends the whole sandbox, daemons included, within 2 s. Idempotent. */
  stop(ref: ExecutorRef): Promise<void>;
  /**
   * Takes the tree as it stands, also while the agent works. `spec` names the mirror and the base; `final`: nothing works in it any more, so
   * files that the agent shut may be opened. `have`: an earlier commit of this attempt whose objects need not be packed again.
   */
  collect(spec: AttemptSpec, options: { final: boolean; have?: string }): Promise<CollectedTree>;
  /**
   * Moves what an ended set-up installed (`setup.keep`) into `folder` (absolute, empty, on the data folder's disk), for
   * `AttemptEnvironment.dependencies`. Resolves to the paths in the tree. What the repository itself tracks is left out. Absent where an
   * executor cannot set projects up.
   */
  keep?(spec: SetupSpec, folder: string): Promise<string[]>;
  /**
   * What an ended set-up or check left in `setup.reports`: path in it → content. Plain files only, at most 200 and 64 MB together; what is more
   * is left out. Written by strangers. Absent where an executor cannot say.
   */
  reports?(spec: SetupSpec): Promise<ReadonlyMap<string, Buffer>>;
  /** Programs of this list that a sandbox has. */
  programs?(names: readonly string[]): Promise<Set<string>>;
  /** Removes the tree and all files of the attempt. Idempotent. */
  cleanup(name: string): Promise<void>;
}
