import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { AppError } from "../app-error";
import { doMapJob, type MapAnswer, type MapJob } from "./map-job";

/** Does jobs one after the other. */
export interface MapThread {
  /** Has the thread started by the time there is a job. */
  prepare(): void;
  /** Rejects with the signal's reason when it is aborted, and with `AppError` (`unavailable`) where a job takes too long or too much memory. */
  run<J extends MapJob>(job: J, signal?: AbortSignal): Promise<MapAnswer<J>>;
  close(): Promise<void>;
}

const TIME_LIMIT_MS = 60_000;
/** A thread that nobody needs holds some 30 MB. */
const IDLE_MS = 60_000;
const MEMORY_MB = 1_024;

/** The thread's program below the folder where the server's own files lie; undefined where it is not built. */
export function mapProgram(root: string): string | undefined {
  const program = join(root, "dist/map-worker.mjs");
  return existsSync(program) ? program : undefined;
}

/**
 * A thread that is started when there is something to do and ended when there is nothing any more: comparing takes longer than the server's own
 * thread may stand still. Without a `program` jobs are done here.
 */
export function createMapThread(program: string | undefined): MapThread {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  }

  function start(file: string): Worker {
    const started = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    // Neither it nor its timer keeps the process alive.
    started.unref();
    const forget = (): void => {
      if (worker === started) worker = undefined;
    };
    return started.on("error", forget).on("exit", forget);
  }

  async function runInThread(file: string, job: MapJob, signal: AbortSignal | undefined): Promise<unknown> {
    clearTimeout(idle);
    worker ??= start(file);
    try {
      return await answerOf(worker, job, signal);
    } catch (error) {
      // It may still be at work, or is gone: the next job gets another one.
      await end();
      throw error;
    } finally {
      letIdle();
    }
  }

  function letIdle(): void {
    clearTimeout(idle);
    if (worker !== undefined) idle = setTimeout(() => void end(), IDLE_MS).unref();
  }

  return {
    prepare() {
      if (program === undefined || worker !== undefined) return;
      worker = start(program);
      letIdle();
    },
    run<J extends MapJob>(job: J, signal?: AbortSignal): Promise<MapAnswer<J>> {
      const result = last.then(() => {
        signal?.throwIfAborted();
        return program === undefined ? doMapJob(job) : runInThread(program, job, signal);
      });
      last = result.catch(() => undefined);
      return result as Promise<MapAnswer<J>>;
    },
    async close() {
      await end();
    },
  };
}

function answerOf(worker: Worker, job: MapJob, signal: AbortSignal | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      act();
    };
    const failed = (why: string): AppError => new AppError("unavailable", `The variations could not be compared: ${why}`);
    const timer = setTimeout(() => settle(() => reject(failed("it took more than a minute."))), TIME_LIMIT_MS);
    const onMessage = (answer: unknown): void => settle(() => resolve(answer));
    const onError = (error: Error & { code?: string }): void =>
      settle(() => reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? failed("they are too large.") : error));
    const onExit = (): void => settle(() => reject(failed("the server is stopping.")));
    const onAbort = (): void => settle(() => reject(signal?.reason as Error));
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    signal?.addEventListener("abort", onAbort);
    // All contents are views of one buffer, which moves over instead of being copied.
    worker.postMessage(job, [...new Set([...job.blobs.values()].map(({ buffer }) => buffer as ArrayBuffer))]);
  });
}
