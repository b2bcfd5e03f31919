import { createHmac, randomBytes } from "node:crypto";

/** Wrong tokens of one address before each costs a wait: people mistype. */
const FREE = 4;
const LONGEST_WAIT_MS = 5 * 60_000;
/** After so long without a wrong token an address is as good as new. */
const FORGOTTEN_MS = 15 * 60_000;
/** Addresses that are remembered; who failed longest ago is forgotten first. */
const MOST_ADDRESSES = 10_000;
/** Wrong tokens of one address that are known again. */
const MOST_KNOWN = 8;

interface Failures {
  count: number;
  last: number;
  waitUntil: number;
  /** Digests of what was tried: a script with an outdated token repeats itself and guesses nothing. */
  known: string[];
}

/** Slows down guessing, address by address: nobody else waits for it. */
export interface AttemptLimits {
  /** Whole seconds until this address may try again; 0: now. */
  waitS(address: string): number;
  /** Notes a wrong token. `isNew` is false for one that the address tried before, which does not count again. */
  wrong(address: string, token: string): { count: number; isNew: boolean };
  /** Addresses that are remembered now. */
  size(): number;
}

/** Four wrong tokens are free; from then on each costs a wait, from 1 s doubling to 5 min. `now` is in milliseconds. */
export function createAttemptLimits(now: () => number): AttemptLimits {
  /** In the order of their last failure. */
  const failing = new Map<string, Failures>();
  const key = randomBytes(32);
  const digest = (token: string): string => createHmac("sha256", key).update(token).digest("base64url").slice(0, 16);

  function current(address: string): Failures | undefined {
    const found = failing.get(address);
    if (found === undefined || now() - found.last < FORGOTTEN_MS) return found;
    failing.delete(address);
    return undefined;
  }

  function makeRoom(): void {
    for (const [address, { last }] of failing) {
      if (failing.size <= MOST_ADDRESSES && now() - last < FORGOTTEN_MS) return;
      failing.delete(address);
    }
  }

  return {
    waitS(address) {
      const found = current(address);
      return found === undefined ? 0 : Math.max(0, Math.ceil((found.waitUntil - now()) / 1_000));
    },
    wrong(address, token) {
      const found = current(address) ?? { count: 0, last: 0, waitUntil: 0, known: [] };
      const mark = digest(token);
      if (found.known.includes(mark)) return { count: found.count, isNew: false };
      const count = found.count + 1;
      const wait = count <= FREE ? 0 : Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** (count - FREE - 1));
      failing.delete(address);
      failing.set(address, { count, last: now(), waitUntil: now() + wait, known: [...found.known, mark].slice(-MOST_KNOWN) });
      makeRoom();
      return { count, isNew: true };
    },
    size: () => failing.size,
  };
}
