/** At most so many at once; who waits is taken in turns by key, so that one busy caller does not keep the others out. */
export interface FairGate {
  /** Resolves with a release function when there is room; rejects with the signal's reason when it aborts first. */
  enter(key: string, signal: AbortSignal): Promise<() => void>;
}

interface Waiting {
  start(): void;
}

/** See `FairGate`. */
export function createFairGate(capacity: number): FairGate {
  /** In the order of whose turn is next. */
  const waiting = new Map<string, Waiting[]>();
  let inside = 0;

  function admit(): void {
    while (inside < capacity) {
      const [turn] = waiting;
      if (turn === undefined) return;
      const [key, queue] = turn;
      const next = queue.shift();
      // Re-inserting moves the key behind all others.
      waiting.delete(key);
      if (queue.length > 0) waiting.set(key, queue);
      if (next === undefined) continue;
      inside += 1;
      next.start();
    }
  }

  function release(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      inside -= 1;
      admit();
    };
  }

  return {
    enter(key, signal) {
      if (inside < capacity && waiting.size === 0 && !signal.aborted) {
        inside += 1;
        return Promise.resolve(release());
      }
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        const entry: Waiting = {
          start() {
            signal.removeEventListener("abort", leave);
            resolve(release());
          },
        };
        function leave(): void {
          const queue = waiting.get(key) ?? [];
          const rest = queue.filter((other) => other !== entry);
          if (rest.length > 0) waiting.set(key, rest);
          else waiting.delete(key);
          reject(signal.reason);
        }
        signal.addEventListener("abort", leave, { once: true });
        waiting.set(key, [...(waiting.get(key) ?? []), entry]);
        admit();
      });
    },
  };
}
