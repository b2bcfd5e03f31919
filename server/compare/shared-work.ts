import type { BoundedCache } from "../bounded-cache";

/** Work that several may wait for: it is given up when none of them waits any more. */
export type SharedWork<V> = (key: string, make: (signal: AbortSignal) => Promise<V>, signal?: AbortSignal) => Promise<V>;

/** Work whose results a cache keeps. Who gives up (`signal`) is rejected with its reason; the others go on waiting. */
export function createSharedWork<V>(cache: BoundedCache<V>): SharedWork<V> {
  const jobs = new Map<string, { waiting: number; controller: AbortController }>();

  return async function get(key, make, signal): Promise<V> {
    signal?.throwIfAborted();
    const job = jobs.get(key) ?? { waiting: 0, controller: new AbortController() };
    jobs.set(key, job);
    job.waiting += 1;
    try {
      return await untilAborted(
        cache.get(key, () => make(job.controller.signal)),
        signal,
      );
    } catch (error) {
      // It was given up by those before, just now.
      if (job.controller.signal.aborted && signal?.aborted !== true) return await get(key, make, signal);
      throw error;
    } finally {
      job.waiting -= 1;
      if (job.waiting === 0) {
        if (jobs.get(key) === job) jobs.delete(key);
        job.controller.abort();
      }
    }
  };
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
