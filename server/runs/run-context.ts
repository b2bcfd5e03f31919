import type { Logger } from "pino";
import type { RunEnvironments } from "../environment/run-environments";
import type { Executor } from "../executors/executor";
import type { GitStore, RepositoryAddress } from "../git/git-store";
import type { RunImages } from "../storage/run-images";
import type { RunIndex } from "../storage/run-index";
import type { SecretRedaction } from "./redact-secrets";
import type { RunQueue } from "./run-queue";
import type { RunWriter } from "./run-writer";

/** What the use cases of runs work with: ports only; the composition root decides what stands behind them. */
export interface RunContext {
  writer: RunWriter;
  index: RunIndex;
  git: GitStore;
  images: RunImages;
  executor: Executor;
  queue: RunQueue;
  log: Logger;
  /** Dependencies, variables and secrets of projects; absent: trees start as they are in the repository. */
  environments?: RunEnvironments;
  /** Secrets of this server: no event holds one. */
  redaction: SecretRedaction;
  /** ms since the epoch. */
  now: () => number;
  /** Turns what a user typed into an address, or throws the `AppError` that says what to do. */
  parseAddress: (input: string) => Promise<RepositoryAddress>;
  /** False where nothing isolates and the user has not opted in. */
  commandsAllowed: () => Promise<boolean>;
  /** Bytes that the disk of the data folder has left. */
  freeBytes: () => Promise<number>;
  /** Aborted when this server drains: supervisors let go, sandboxes go on. */
  draining: AbortSignal;
}

/** One attempt of one variation. */
export interface AttemptPlace {
  runId: string;
  variation: number;
  attempt: number;
}
