import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { dataLayout } from "../git/data-layout";
import { createGit } from "../git/git-command";
import { measureDisk } from "./measure-disk";
import { reconcileAttempts } from "./reconcile-attempts";
import { DAY_MS, eachGuarded, guarded, type ReconcileContext, type ReconcilePorts } from "./reconcile-context";
import { reconcileKept } from "./reconcile-kept";
import { reconcileProcesses, reconcileResources } from "./reconcile-processes";
import type { ReconcileReport } from "./reconcile-report";
import { reconcileRepositories } from "./reconcile-repositories";
import { reconcileTemporary } from "./reconcile-temporary";
import { type Retention, retentionSchema } from "./retention";
import { createTrash } from "./trash";

const INTERVAL_MS = 60 * 60_000;

export interface ReconcilerOptions extends ReconcilePorts {
  /** Absolute. */
  dataDir: string;
  /** Absolute; for the disk meter, where it lies elsewhere than in the data folder. */
  databaseFile?: string;
  retention?: Partial<Retention>;
  /** ms since the epoch. */
  now: () => number;
  log: Pick<Logger, "info" | "warn" | "error">;
}

/**
 * Compares what lies around with what the log knows, and removes what belongs to nothing. Nothing of a live attempt is touched, and unsaved
 * work is kept and reported. Everything can be killed at any point and done again.
 */
export interface Reconciler {
  /** One look. Calls that overlap share one. Never rejects for something it could not do: that is in the report. */
  run(): Promise<ReconcileReport>;
  /** The newest report of this process; also in `reconcile.json`. */
  last(): ReconcileReport | undefined;
  /** Looks now and every hour; what is returned ends that for good, also in mid-look. Call it once the unfinished runs are taken up again. */
  start(): () => void;
}

/** See `Reconciler`. */
export function createReconciler({ dataDir, databaseFile, now, log, retention: given, ...ports }: ReconcilerOptions): Reconciler {
  const layout = dataLayout(dataDir);
  const retention = retentionSchema.parse(given ?? {});
  const ending = new AbortController();
  const startedAt = now();
  let running: Promise<ReconcileReport> | undefined;
  let last: ReconcileReport | undefined;

  async function look(): Promise<ReconcileReport> {
    const began = performance.now();
    const report: ReconcileReport = { at: now(), tookMs: 0, actions: [], kept: [], errors: [] };
    await mkdir(dataDir, { recursive: true });
    const context: ReconcileContext = {
      ...ports,
      dataDir,
      attemptsDir: join(dataDir, "attempts"),
      layout,
      git: createGit(layout.gitHome),
      trash: createTrash(dataDir),
      retention,
      now,
      startedAt,
      report,
      signal: ending.signal,
      knowsNothing: (await ports.index.listRuns({ limit: 1 })).total === 0,
    };
    await lookAtEverything(context);
    report.disk = await guarded(context, dataDir, () => measureDisk(dataDir, { databaseFile }));
    report.tookMs = Math.round(performance.now() - began);
    last = report;
    await publish(report);
    return report;
  }

  async function publish(report: ReconcileReport): Promise<void> {
    const path = join(dataDir, "reconcile.json");
    const half = `${path}.${process.pid}.half`;
    await writeFile(half, `${JSON.stringify(report)}\n`, { mode: 0o600 });
    await rename(half, path);
    const { actions, kept, errors, tookMs, disk } = report;
    const line = { tookMs, actions, kept, errors, freeBytes: disk?.freeBytes };
    if (errors.length > 0) log.warn(line, "reconciled, not all of it");
    else if (actions.length + kept.length > 0) log.info(line, "reconciled");
  }

  function run(): Promise<ReconcileReport> {
    running ??= look().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    run,
    last: () => last,
    start() {
      const quietly = (): void => {
        run().catch((error: unknown) => {
          // A drained server has no database any more.
          if (!ending.signal.aborted) log.error({ err: error }, "reconciling failed");
        });
      };
      const timer = setInterval(quietly, INTERVAL_MS);
      timer.unref();
      quietly();
      return () => {
        clearInterval(timer);
        ending.abort();
      };
    },
  };
}

/** Processes before the folders that they work in; the trash before the pins that its repositories live on. */
async function lookAtEverything(context: ReconcileContext): Promise<void> {
  const busy = await guarded(context, "processes", () => reconcileProcesses(context));
  await guarded(context, "resources", () => reconcileResources(context));
  // Without knowing what runs no folder is safe to move.
  if (busy !== undefined) await guarded(context, context.attemptsDir, () => reconcileAttempts(context, busy));
  await guarded(context, "trash", () => emptyTrash(context));
  await guarded(context, "repositories", () => reconcileRepositories(context));
  await guarded(context, "environments", () => evictEnvironments(context));
  await guarded(context, "pictures and results of checks", () => reconcileKept(context));
  await guarded(context, "temporary files", () => reconcileTemporary(context));
}

async function evictEnvironments({ environments, report }: ReconcileContext): Promise<void> {
  const gone = (await environments?.evict()) ?? [];
  report.actions.push(...gone.map((entry) => ({ kind: "environment_removed" as const, ...entry })));
}

/** The second phase of each delete. */
async function emptyTrash(context: ReconcileContext): Promise<void> {
  const { trash, retention, report, now } = context;
  const due = (await trash.list()).filter(({ at }) => now() - at >= retention.trashDays * DAY_MS);
  await eachGuarded(
    context,
    due,
    ({ path }) => path,
    async (entry) => {
      await trash.destroy(entry);
      report.actions.push({ kind: "trash_deleted", what: entry.path, why: `It was in the trash for ${retention.trashDays} days.` });
    },
  );
}
