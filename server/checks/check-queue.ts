/** One check or cross-test to be run. */
export interface QueuedWork {
  id: string;
  runId: string;
  /** The target whose tree it is about; for cross-tests the code's. */
  target: string;
  /** Settles when it is over; never rejects. `signal` aborts when it is cancelled or the server drains. */
  work: (signal: AbortSignal) => Promise<void>;
}

/** Runs checks, oldest first, a few at a time. */
export interface CheckQueue {
  add(work: QueuedWork): void;
  /** Ends those that fit; resolves to how many once they have let go. Waiting ones run with a signal that has aborted, so that they say their end. */
  cancel(fits: (work: QueuedWork) => boolean): Promise<number>;
  /** Looks again whether there is room. */
  pump(): void;
  settled(): Promise<void>;
}

/**
 * See `CheckQueue`. Checks have a cap of their own, `limit`, and share the machine with variations: one may always run, a further one only while
 * variations and checks together stay below the server's capacity.
 */
export function createCheckQueue(options: {
  limit: number;
  load: () => { running: number; capacity: number };
  draining: AbortSignal;
}): CheckQueue {
  const { limit, load, draining } = options;
  const waiting: QueuedWork[] = [];
  const running = new Map<string, { queued: QueuedWork; abort: AbortController; done: Promise<void> }>();

  function hasRoom(): boolean {
    if (draining.aborted) return false;
    if (running.size === 0) return true;
    const { running: variations, capacity } = load();
    return running.size < limit && running.size + variations < capacity;
  }

  function start(queued: QueuedWork, cancelled = false): Promise<void> {
    const abort = new AbortController();
    if (cancelled) abort.abort();
    const done = queued.work(AbortSignal.any([abort.signal, draining])).finally(() => {
      running.delete(queued.id);
      pump();
    });
    running.set(queued.id, { queued, abort, done });
    return done;
  }

  function pump(): void {
    while (waiting.length > 0 && hasRoom()) {
      const next = waiting.shift();
      if (next !== undefined) void start(next);
    }
  }

  return {
    add(work) {
      waiting.push(work);
      pump();
    },
    async cancel(fits) {
      const queued = waiting.filter(fits);
      for (const one of queued) waiting.splice(waiting.indexOf(one), 1);
      const underway = [...running.values()].filter(({ queued: one }) => fits(one));
      for (const { abort } of underway) abort.abort();
      await Promise.allSettled([...underway.map(({ done }) => done), ...queued.map((one) => start(one, true))]);
      return queued.length + underway.length;
    },
    pump,
    async settled() {
      while (running.size > 0) await Promise.allSettled([...running.values()].map(({ done }) => done));
    },
  };
}
