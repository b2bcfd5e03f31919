import type { ReconcileReportResponse, ServerStatusResponse } from "@/lib/protocol/server-status";
import type { Env } from "./env";
import type { Executor } from "./executors/executor";
import type { Reconciler } from "./reconcile/create-reconciler";
import type { ReconcileReport } from "./reconcile/reconcile-report";
import type { RunQueue } from "./runs/run-queue";
import { describeSandbox } from "./setup";

/** What a person can know of the server itself, and the one thing to ask of it. */
export interface ServerStatus {
  describe(): Promise<ServerStatusResponse>;
  /** Looks for what belongs to nothing, now. */
  reconcile(): Promise<ReconcileReportResponse>;
}

/** See `ServerStatus`. `startedAt`: ms since the epoch. */
export function createServerStatus(parts: {
  env: Env;
  executor: Executor;
  queue: RunQueue;
  reconciler: Reconciler;
  version: string;
  startedAt: number;
}): ServerStatus {
  const { env, executor, queue, reconciler, version, startedAt } = parts;
  return {
    async describe() {
      const report = reconciler.last();
      return {
        version,
        started_at: new Date(startedAt).toISOString(),
        data_dir: env.dataDir,
        queue: queue.load(),
        sandbox: describeSandbox(await executor.report()),
        retention: { kept_trees_days: env.retention.keptTreesDays, trash_days: env.retention.trashDays },
        reconcile: report === undefined ? null : describeReport(report),
      };
    },
    reconcile: async () => describeReport(await reconciler.run()),
  };
}

function describeReport({ at, tookMs, actions, kept, errors, disk }: ReconcileReport): ReconcileReportResponse {
  return {
    at: new Date(at).toISOString(),
    took_ms: tookMs,
    actions: actions.map(({ kind, what, why, bytes }) => ({ kind, what, why, bytes: bytes ?? null })),
    kept,
    errors,
    disk:
      disk === undefined
        ? null
        : { total_bytes: disk.totalBytes, free_bytes: disk.freeBytes, by_kind: disk.byKind, at_least: disk.atLeast },
  };
}
