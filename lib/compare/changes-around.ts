import type { LineChange } from "./line-change";
import { diffLines } from "./line-diff";
import { createLineNumbers, splitLines } from "./lines";

/** Unchanged lines around a change. */
const CONTEXT = 3;

/**
 * The changes from `base` to `text` that touch lines `from` to `to` of `text` (1-based, both included), as hunks of a unified diff. A removal
 * belongs to the lines on both of its sides. Undefined where these lines are as in the base.
 */
export function changesAround(base: string, text: string, from: number, to: number): string | undefined {
  const [old, fresh] = [splitLines(base), splitLines(text)];
  const numbers = createLineNumbers();
  const all = diffLines(numbers.of(old), numbers.of(fresh));
  const touched = all.filter(({ bStart, bEnd }) => (bStart === bEnd ? from <= bEnd + 1 && to >= bStart : from <= bEnd && to > bStart));
  if (touched.length === 0) return undefined;
  return touched.map((change) => hunk(old, fresh, change)).join("");
}

function hunk(old: readonly string[], fresh: readonly string[], { aStart, aEnd, bStart, bEnd }: LineChange): string {
  const before = old.slice(Math.max(0, aStart - CONTEXT), aStart);
  const after = old.slice(aEnd, aEnd + CONTEXT);
  const range = (start: number, end: number): string => {
    const count = end - start + before.length + after.length;
    // As git says it: a range without lines is named by the line before it.
    return `${start - before.length + (count === 0 ? 0 : 1)},${count}`;
  };
  const signed = (sign: string, lines: readonly string[]): string[] =>
    lines.map((line) => (line.endsWith("\n") ? `${sign}${line}` : `${sign}${line}\n\\ No newline at end of file\n`));
  return [
    `@@ -${range(aStart, aEnd)} +${range(bStart, bEnd)} @@\n`,
    ...signed(" ", before),
    ...signed("-", old.slice(aStart, aEnd)),
    ...signed("+", fresh.slice(bStart, bEnd)),
    ...signed(" ", after),
  ].join("");
}
