import { setTimeout as pause } from "node:timers/promises";
import { isDiskFull, StorageError, textOf } from "../storage-error";

/** A lock that is held for longer than that is said to whoever asked. */
const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 40;
const LONGEST_PAUSE_MS = 500;

/**
 * The same port, whose methods wait for a locked database: tried again with growing pauses, for 30 s, while this process goes on with
 * everything else. The driver itself waits synchronously and would stop the whole server. Rejects with `StorageError` where the disk is
 * full, or the lock stays. Every method must be one transaction or one query: what failed has then left nothing.
 */
export function guardStorage<T extends object>(port: T, patienceMs = PATIENCE_MS): T {
  const guarded = Object.entries(port as Record<string, (...values: unknown[]) => Promise<unknown>>).map(([name, method]) => [
    name,
    (...values: unknown[]) => insist(() => method(...values), patienceMs),
  ]);
  return Object.fromEntries(guarded) as T;
}

async function insist(task: () => Promise<unknown>, patienceMs: number): Promise<unknown> {
  const deadline = performance.now() + patienceMs;
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(LONGEST_PAUSE_MS, wait * 1.6)) {
    try {
      return await task();
    } catch (error) {
      if (isDiskFull(error)) throw new StorageError("full", error);
      if (!isBusy(error)) throw error;
      if (performance.now() > deadline) throw new StorageError("busy", error);
      // Uneven, so that those who wait together do not come together.
      await pause(wait * (0.5 + Math.random()));
    }
  }
}

/** Prisma's P1008 is the driver's SQLITE_BUSY; P2028: a transaction could not begin because others before it were waiting. */
function isBusy(error: unknown): boolean {
  return /SQLITE_BUSY|database is locked|"P1008"|"P2028"/.test(textOf(error));
}
