import { diffLines } from "./line-diff";
import { createLineNumbers, splitLines } from "./lines";

/** The lines of a text that the base's doesn't have there: counted from 1, the end left out. Lines that were only removed leave no range. */
export function changedLines(base: string, text: string): { start: number; end: number }[] {
  const numbers = createLineNumbers();
  return diffLines(numbers.of(splitLines(base)), numbers.of(splitLines(text)))
    .filter(({ bStart, bEnd }) => bEnd > bStart)
    .map(({ bStart, bEnd }) => ({ start: bStart + 1, end: bEnd + 1 }));
}
