/** Numbers in 0…1 that follow from a seed: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * In which order each sample sees the candidates. The first is shuffled (Fisher–Yates); each further one begins with the next of it and has its
 * rest shuffled, so that no candidate stands first more often than needed: judges favour what they read first. The same seed, the same orders.
 */
export function judgeOrders(candidates: readonly number[], samples: number, seed: number): number[][] {
  const random = seeded(seed);
  const first = shuffled(candidates, random);
  return Array.from({ length: samples }, (_, sample) => {
    if (sample === 0) return first;
    const head = first[sample % first.length];
    return head === undefined
      ? []
      : [
          head,
          ...shuffled(
            first.filter((one) => one !== head),
            random,
          ),
        ];
  });
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items];
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const [one, two] = [all[at], all[other]] as [T, T];
    all[at] = two;
    all[other] = one;
  }
  return all;
}
