import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffLines } from "./line-diff";

const numbers = (alphabet: number, maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: alphabet }), { maxLength }).map((list) => Int32Array.from(list));

function applied(a: Int32Array, b: Int32Array): number[] {
  const result: number[] = [];
  let at = 0;
  for (const { aStart, aEnd, bStart, bEnd } of diffLines(a, b)) {
    result.push(...a.slice(at, aStart), ...b.slice(bStart, bEnd));
    at = aEnd;
  }
  return [...result, ...a.slice(at)];
}

/** Longest common subsequence, the slow and certain way. */
function common(a: Int32Array, b: Int32Array): number {
  let row = new Int32Array(b.length + 1);
  for (const line of a) {
    const next = new Int32Array(b.length + 1);
    for (let at = 0; at < b.length; at += 1) next[at + 1] = b[at] === line ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0);
    row = next;
  }
  return row[b.length] ?? 0;
}

const list = (text: string) => Int32Array.from([...text].map((letter) => letter.charCodeAt(0)));

describe("diffLines", () => {
  it("turns one list into the other, in order, with an equal line between changes", () => {
    fc.assert(
      fc.property(numbers(5, 60), numbers(5, 60), (a, b) => {
        expect(applied(a, b)).toEqual([...b]);
        diffLines(a, b).forEach(({ aStart, bStart }, index, all) => {
          const before = all[index - 1];
          if (before !== undefined) expect(Math.min(aStart - before.aEnd, bStart - before.bEnd)).toBeGreaterThan(0);
        });
      }),
    );
  });

  it("finds a shortest edit", () => {
    fc.assert(
      fc.property(numbers(3, 40), numbers(3, 40), (a, b) => {
        const changed = diffLines(a, b).reduce((sum, { aStart, aEnd, bStart, bEnd }) => sum + aEnd - aStart + bEnd - bStart, 0);
        expect(changed).toBe(a.length + b.length - 2 * common(a, b));
      }),
    );
  });

  it("still turns one list into the other where too much differs for a shortest edit", () => {
    fc.assert(
      fc.property(numbers(3_000, 1_500), numbers(3_000, 1_500), (a, b) => {
        expect(applied(a, b)).toEqual([...b]);
      }),
      { numRuns: 20 },
    );
  });

  it("keeps to lines that occur once where all others changed", () => {
    const kept = (index: number) => 1_000_000 + index;
    const version = (offset: number) =>
      Int32Array.from(Array.from({ length: 3_000 }, (_, index) => (index % 10 === 0 ? kept(index) : offset + index)));
    expect(diffLines(version(10_000), version(20_000))).toHaveLength(300);
  });

  it("still finds a shortest edit of a thousand lines where no line occurs once", () => {
    const repeated = Int32Array.from(Array.from({ length: 3_000 }, (_, index) => index % 50));
    const changed = repeated.map((line, index) => (index % 6 === 0 ? 100 + (index % 7) : line));
    expect(diffLines(repeated, changed)).toHaveLength(500);
  });

  it("is done with two long lists that have nothing, or nothing unique, in common", () => {
    const long = (offset: number) => Int32Array.from(Array.from({ length: 200_000 }, (_, index) => offset + index));
    expect(diffLines(long(0), long(200_000))).toHaveLength(1);
    const repeated = (period: number) => Int32Array.from(Array.from({ length: 20_000 }, (_, index) => (index * index) % period));
    expect(applied(repeated(7), repeated(11))).toEqual([...repeated(11)]);
  });

  it("puts what could stand in several places into the last of them", () => {
    expect(diffLines(list("f}g"), list("f}h}g"))).toEqual([{ aStart: 2, aEnd: 2, bStart: 2, bEnd: 4 }]);
    expect(diffLines(list("xaaay"), list("xaay"))).toEqual([{ aStart: 3, aEnd: 4, bStart: 3, bEnd: 3 }]);
  });
});
