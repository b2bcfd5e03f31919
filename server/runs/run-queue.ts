/** A place in the queue of one variation. */
interface Waiting {
  key: string;
  start: () => void;
  moved: (position: number) => void;
}

/**
 * The server-wide cap on variations that run at once; first come, first served. Whoever waits is told its position (from 1) whenever it
 * changes, so that a person sees how far it is.
 */
export interface RunQueue {
  /** How full it is. */
  load(): { running: number; waiting: number; capacity: number };
  /** Resolves with a release function when there is room; rejects when `signal` aborts first. */
  enter(key: string, options: { signal: AbortSignal; moved: (position: number) => void }): Promise<() => void>;
  /** A place for what runs already, at once and also beyond the capacity: nobody else is let in until there is room again. */
  hold(): () => void;
}

/** See `RunQueue`; `capacity` is AIDEATOR_MAX_RUNNING. */
export function createRunQueue(capacity: number): RunQueue {
  const waiting: Waiting[] = [];
  let running = 0;

  function admit(): void {
    while (running < capacity) {
      const next = waiting.shift();
      if (next === undefined) return;
      running += 1;
      next.start();
    }
    waiting.forEach((entry, index) => entry.moved(index + 1));
  }

  function release(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      running -= 1;
      admit();
    };
  }

  return {
    load: () => ({ running, waiting: waiting.length, capacity }),
    hold() {
      running += 1;
      return release();
    },
    enter(key, { signal, moved }) {
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          const index = waiting.indexOf(entry);
          if (index < 0) return;
          waiting.splice(index, 1);
          reject(new Error(`${key} left the queue`));
          admit();
        };
        const entry: Waiting = {
          key,
          moved,
          start() {
            signal.removeEventListener("abort", leave);
            resolve(release());
          },
        };
        if (signal.aborted) {
          reject(new Error(`${key} left the queue`));
          return;
        }
        signal.addEventListener("abort", leave, { once: true });
        waiting.push(entry);
        admit();
      });
    },
  };
}
