import { Worker } from "node:worker_threads";
import { type AddedFile, addedLines } from "@/lib/diff/added-lines";
import type { NamedFinding } from "@/lib/run/check-events";

export interface ScannedDiff {
  findings: NamedFinding[];
  /** Why it is not whole, for people. */
  problem?: string;
}

/** Characters of added lines that are looked at. */
const MOST = 4_000_000;
const TIMEOUT_MS = 30_000;
/** Of one line: what is longer is generated, and secrets stand in its beginning or nowhere. */
const LONGEST_LINE = 20_000;

/**
 * Secrets and risky patterns in what a diff adds. `worker` is the bundle of `scan-worker.ts`. Never rejects for what the diff holds: a scan that
 * takes too long says so in `problem`.
 */
export async function scanDiff(worker: string, patch: string, signal: AbortSignal): Promise<ScannedDiff> {
  const { files, left } = bounded(addedLines(patch));
  if (files.length === 0) return { findings: [] };
  const findings = await runWorker(worker, files, signal);
  if (findings === undefined) return { findings: [], problem: `Looking for secrets took longer than ${TIMEOUT_MS / 1_000} s.` };
  return left ? { findings, problem: `Only the first ${MOST / 1_000_000} MB of what was added were looked at.` } : { findings };
}

function bounded(all: readonly AddedFile[]): { files: AddedFile[]; left: boolean } {
  const files: AddedFile[] = [];
  let size = 0;
  for (const { path, lines } of all) {
    const kept = lines.map(({ number, text }) => ({ number, text: text.slice(0, LONGEST_LINE) }));
    size += kept.reduce((sum, { text }) => sum + text.length + 1, 0);
    if (size > MOST) return { files, left: true };
    files.push({ path, lines: kept });
  }
  return { files, left: false };
}

function runWorker(path: string, files: AddedFile[], signal: AbortSignal): Promise<NamedFinding[] | undefined> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(path);
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      void worker.terminate();
    };
    const abort = (): void => {
      end();
      reject(new Error("the scan was stopped"));
    };
    const timer = setTimeout(() => {
      end();
      resolve(undefined);
    }, TIMEOUT_MS);
    worker.once("message", ({ found, error }: { found?: NamedFinding[]; error?: string }) => {
      end();
      if (found === undefined) reject(new Error(`the scanner failed: ${error ?? "it said nothing"}`));
      else resolve(found);
    });
    worker.once("error", (error) => {
      end();
      reject(error);
    });
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    else worker.postMessage(files);
  });
}
