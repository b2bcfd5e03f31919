import { isDeepStrictEqual } from "node:util";

/** Collects what was compared: a fault found must not hide the next one. */
export interface Ledger {
  /** Compares what the product says with what was computed apart from it. */
  same(what: string, product: unknown, computed: unknown): void;
  holds(what: string, truth: boolean): void;
  /** Comparisons by subject, the first word of what was compared. */
  counts(): Record<string, number>;
  faults: readonly string[];
}

/** `say` hears of each fault when it is found. */
export function createLedger(say: (line: string) => void): Ledger {
  const faults: string[] = [];
  const counts = new Map<string, number>();
  const fault = (line: string): void => {
    faults.push(line);
    say(`✗ ${line}`);
  };
  const count = (what: string): void => {
    const subject = what.split(" ")[0] ?? "";
    counts.set(subject, (counts.get(subject) ?? 0) + 1);
  };
  return {
    same(what, product, computed) {
      count(what);
      if (isDeepStrictEqual(product, computed)) return;
      fault(`${what}: the product says ${short(product)}, it is ${short(computed)}`);
    },
    holds(what, truth) {
      count(what);
      if (!truth) fault(what);
    },
    counts: () => Object.fromEntries([...counts].sort()),
    faults,
  };
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 1_500);
}
