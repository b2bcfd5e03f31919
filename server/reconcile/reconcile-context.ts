import { lstat } from "node:fs/promises";
import type { DataLayout } from "../git/data-layout";
import type { Git } from "../git/git-command";
import type { RunIndex } from "../storage/run-index";
import type { StandingPorts } from "./attempt-standing";
import type { Leftovers } from "./local-leftovers";
import type { ReconcileReport } from "./reconcile-report";
import type { Retention } from "./retention";
import type { Trash } from "./trash";

/** What the log does not know is left alone for so long: it may be about to. So is what its owner may be about to remove. */
export const GRACE_MS = 10 * 60_000;
/** Longer than anything that writes a lock or a half-made folder lives: the longest fetch ends after half an hour. */
export const STALE_MS = 60 * 60_000;
export const DAY_MS = 24 * 60 * 60_000;

/** Something beside folders and processes that is named after attempts, such as control groups. */
export interface ExtraResource {
  /** For the report: `control group`. */
  label: string;
  /** Names of attempts that have one, with or without `aideator-` before them. */
  list(): Promise<string[]>;
  /** Given a name as it was listed. Idempotent. */
  remove(name: string): Promise<void>;
}

export interface ReconcilePorts extends StandingPorts {
  index: Pick<RunIndex, "getRun" | "listRuns" | "unfinishedRuns">;
  /** `leftovers` and `endLeftovers` are absent where an executor cannot lose its processes. */
  executor: { cleanup(name: string): Promise<void> } & Partial<Leftovers>;
  extraResources?: ExtraResource[];
  environments?: StandingPorts["environments"] & {
    /** Removes dependencies beyond what may be kept. */
    evict(): Promise<{ what: string; why: string; bytes: number }[]>;
  };
}

/** One look at everything: what it works with, and its report. */
export interface ReconcileContext extends ReconcilePorts {
  dataDir: string;
  attemptsDir: string;
  layout: DataLayout;
  git: Git;
  trash: Trash;
  retention: Retention;
  now: () => number;
  /** ms since the epoch: what ended before that was another server's, and nobody looks after it any more. */
  startedAt: number;
  report: ReconcileReport;
  /** Once aborted nothing more is done. */
  signal: AbortSignal;
  /**
   * True when the database holds no run at all. Then it is more likely a fresh or a wrong one than that all work is nobody's: nothing is
   * given up for being unknown.
   */
  knowsNothing: boolean;
}

/** One thing after the other; one that fails is an entry of the report and the next goes on. Ends early once the signal is aborted. */
export async function eachGuarded<T>(
  context: ReconcileContext,
  items: readonly T[],
  nameOf: (item: T) => string,
  task: (item: T) => Promise<void>,
): Promise<void> {
  for (const item of items) await guarded(context, nameOf(item), () => task(item));
}

/** Runs a task whose failure is an entry of the report, and undefined; it is not run at all once the signal is aborted. */
export async function guarded<T>(context: ReconcileContext, what: string, task: () => Promise<T>): Promise<T | undefined> {
  if (context.signal.aborted) return undefined;
  try {
    return await task();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    context.report.errors.push({ what, message: message.slice(0, 500) });
    return undefined;
  }
}

/** ms since a file or folder changed; undefined when it is gone. By the inode's own time: programs can set the others as they like. */
export async function ageOf(context: ReconcileContext, path: string): Promise<number | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  return stats === undefined ? undefined : context.now() - stats.ctimeMs;
}
