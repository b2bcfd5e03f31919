import { setTimeout as wait } from "node:timers/promises";

export interface Latency {
  /** Ends the sampling; milliseconds. */
  stop(): Promise<{ samples: number; p50: number; p95: number; longest: number; failed: number }>;
}

const INTERVAL_MS = 50;
const GIVE_UP_MS = 20_000;

/** Asks the API for its health twenty times a second, one question at a time. What is not answered counts with the time that it was waited for. */
export function sampleLatency(url: string, headers: Record<string, string>): Latency {
  const times: number[] = [];
  const ending = new AbortController();
  let failed = 0;

  const sampling = (async () => {
    while (!ending.signal.aborted) {
      const begin = performance.now();
      try {
        const response = await fetch(`${url}/api/v1/health`, { headers, signal: AbortSignal.timeout(GIVE_UP_MS) });
        await response.arrayBuffer();
      } catch {
        failed += 1;
      }
      times.push(performance.now() - begin);
      await wait(INTERVAL_MS);
    }
  })();

  return {
    async stop() {
      ending.abort();
      await sampling;
      const sorted = times.sort((one, other) => one - other);
      const at = (part: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
      return { samples: sorted.length, p50: at(0.5), p95: at(0.95), longest: at(1), failed };
    },
  };
}
