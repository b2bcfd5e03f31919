import { setTimeout as pause } from "node:timers/promises";
import type { Failure } from "@/lib/run/failures";
import { isDiskFull, isStorageError } from "../storage/storage-error";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** What a run is told when the disk or the database refused; undefined for any other error. */
export function storageFailure(error: unknown): Failure | undefined {
  const detail = error instanceof Error ? error.message.slice(0, 2_000) : undefined;
  if (isDiskFull(error)) {
    const message = "The disk of the server's data folder is full.";
    return { code: "storage", message, remedy: "Free space on that disk, then run again. What was written before is kept.", detail };
  }
  if (!isStorageError(error)) return undefined;
  const remedy = "End the program that holds it, a database browser for example, then run again.";
  return { code: "storage", message: "The server's database stayed locked by another program.", remedy, detail };
}

/**
 * Does again what the disk or the database refused, until it is stored: without its end in the log a run would be running for ever. Rejects
 * with the refusal once `signal` is aborted; the next start of the server goes on from there.
 */
export async function untilStored<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(LONGEST_PAUSE_MS, wait * 2)) {
    try {
      return await task();
    } catch (error) {
      if (!isStorageError(error) || signal.aborted) throw error;
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}
