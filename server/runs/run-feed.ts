import type { EncodedEvents } from "../storage/encoded-events";
import type { EventLog } from "../storage/event-log";
import { createRunTail, type RunTail } from "./run-tail";
import type { RunWriter } from "./run-writer";

/** Runs with a tail in memory. */
const TAIL_RUNS = 64;

export interface FeedBatch {
  events: EncodedEvents;
  /** Highest `seq` known to be committed when the batch was cut. */
  head: number;
}

/**
 * Events of a run after a `seq`, first from the log, then live: one path for first load, reload, reconnect and late join.
 * It pulls: a slow reader only reads later, and nothing is buffered for it.
 */
export interface RunFeed {
  /** Undefined when there is no such run. */
  head(runId: string): Promise<number | undefined>;
  /** How many follow a run right now. */
  readers(): number;
  /** Ends only when `signal` aborts. Yields batches of at most about `limit` events. */
  follow(runId: string, after: number, options: { signal: AbortSignal; limit?: number }): AsyncGenerator<FeedBatch, void>;
}

/** See `RunFeed`. `writer` is the source of hints; what is read always comes from what is committed. */
export function createRunFeed(log: EventLog, writer: RunWriter): RunFeed {
  const tails = new Map<string, RunTail>();
  const waiting = new Map<string, Set<() => void>>();

  writer.onCommit((runId, events) => {
    const tail = tails.get(runId) ?? createRunTail();
    tail.add(events);
    tails.delete(runId);
    tails.set(runId, tail);
    const oldest = tails.keys().next();
    if (tails.size > TAIL_RUNS && oldest.done !== true) tails.delete(oldest.value);
    for (const wake of waiting.get(runId) ?? []) wake();
  });

  async function read(runId: string, after: number, limit: number): Promise<EncodedEvents | undefined> {
    const tail = tails.get(runId);
    if (tail?.reaches(after) === true) return tail.read(after, limit);
    return log.readEncoded(runId, after, limit);
  }

  return {
    head: (runId) => log.lastSeq(runId),
    readers: () => [...waiting.values()].reduce((sum, { size }) => sum + size, 0),
    async *follow(runId, after, { signal, limit = 1_000 }) {
      let position = after;
      const hint = createHint();
      const wakers = waiting.get(runId) ?? new Set();
      waiting.set(runId, wakers);
      // Subscribed before the first read: what is committed in between is a hint, never a gap.
      wakers.add(hint.wake);
      signal.addEventListener("abort", hint.wake, { once: true });
      try {
        while (!signal.aborted) {
          const events = await read(runId, position, limit);
          if (events === undefined) {
            await hint.wait();
            continue;
          }
          position = events.last;
          yield { events, head: Math.max(position, tails.get(runId)?.head() ?? 0) };
        }
      } finally {
        signal.removeEventListener("abort", hint.wake);
        wakers.delete(hint.wake);
        if (wakers.size === 0) waiting.delete(runId);
      }
    },
  };
}

/** A wake-up that is not lost when it comes before the wait. Any number of wakes between two waits counts as one. */
function createHint(): { wake: () => void; wait: () => Promise<void> } {
  let pending = false;
  let resume: (() => void) | undefined;
  return {
    wake() {
      if (resume === undefined) {
        pending = true;
        return;
      }
      resume();
      resume = undefined;
    },
    async wait() {
      if (pending) {
        pending = false;
        return;
      }
      await new Promise<void>((resolve) => {
        resume = resolve;
      });
    },
  };
}
