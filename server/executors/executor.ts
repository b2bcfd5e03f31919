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
  /** Tree to start from instead of the base's (a retry keeps none, a follow-up keeps its own). */
  token: string;
  /** Pictures of the prompt, host files: the executor puts them beside the task and names them in it. */
  images?: { hostPath: string; mediaType: PromptImageType }[];
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
  warnings: string[];
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
  /** Exact remedy when something is missing. */
  remedy?: string;
}

/**
 * Where agents work. Every adapter passes `executor.contract.ts`.
 * Failures of the agent are data in `attach`'s exit; a method rejects only where the executor itself cannot do its work.
 */
export interface Executor {
  readonly kind: "local" | "kubernetes" | "container" | "fake";
  /** What is in force, by probing. Cached by the adapter. */
  report(): Promise<SandboxReport>;
  /** Makes the tree. Idempotent: a half-made tree is made again. */
  prepare(spec: AttemptSpec): Promise<void>;
  /** Starts the agent, or finds the one that already runs under this name. */
  start(spec: AttemptSpec): Promise<ExecutorRef>;
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
   * files that the agent shut may be opened.
   */
  collect(spec: AttemptSpec, options: { final: boolean }): Promise<CollectedTree>;
  /** Removes the tree and all files of the attempt. Idempotent. */
  cleanup(name: string): Promise<void>;
}
