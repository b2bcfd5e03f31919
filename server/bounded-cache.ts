/** Keeps what was used last, as long as the sum of the weights stays below a bound; callers who ask at once for one key share the work. */
export interface BoundedCache<V> {
  /** The value of this key, made when it is not there. A rejection is not kept. */
  get(key: string, make: () => Promise<V>): Promise<V>;
}

/** See `BoundedCache`. A value that weighs more than the bound is handed out but not kept. */
export function createBoundedCache<V>({ bound, weigh }: { bound: number; weigh: (value: V) => number }): BoundedCache<V> {
  const kept = new Map<string, { value: V; weight: number }>();
  const making = new Map<string, Promise<V>>();
  let total = 0;

  function keep(key: string, value: V): void {
    const weight = weigh(value);
    if (weight > bound) return;
    kept.set(key, { value, weight });
    total += weight;
    for (const [oldest, entry] of kept) {
      if (total <= bound) break;
      kept.delete(oldest);
      total -= entry.weight;
    }
  }

  return {
    async get(key, make) {
      const known = kept.get(key);
      if (known !== undefined) {
        // A map keeps the order of insertion: now it is the newest.
        kept.delete(key);
        kept.set(key, known);
        return known.value;
      }
      const underway = making.get(key);
      if (underway !== undefined) return underway;
      const made = make()
        .then((value) => {
          keep(key, value);
          return value;
        })
        .finally(() => making.delete(key));
      making.set(key, made);
      return made;
    },
  };
}
