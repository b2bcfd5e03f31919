import type { FileDiffRow } from "../protocol/trees";

/** From here on a file is shown when somebody asks for it: an editor with it takes seconds and much memory. */
export const LARGE_BYTES = 1_500_000;
export const LARGE_LINES = 30_000;
/** With more changed lines than this its content is not even fetched before. */
export const LARGE_CHANGE = 20_000;
/** Measured on 10,000 lines: 305 ms at 10 % changed lines, 1.6 s at 50 %; the quick algorithm takes a quarter of that. */
const MANY_LINES = 5_000;
const MANY_CHANGES = 2_500;
/** With lines this long, character by character is what takes the time. */
const MANY_CHARACTERS = 400_000;

/** Which of Monaco's algorithms compares these texts in time: `advanced` is better to read, `legacy` quicker. */
export function diffAlgorithm(left: string, right: string, changedLines: number): "advanced" | "legacy" {
  const characters = Math.max(left.length, right.length);
  if (changedLines > MANY_CHANGES || characters > MANY_CHARACTERS) return "legacy";
  return Math.max(countLines(left), countLines(right)) > MANY_LINES ? "legacy" : "advanced";
}

/** Known before any content is fetched. */
export function isLargeChange({ added, deleted }: Pick<FileDiffRow, "added" | "deleted">): boolean {
  return added + deleted > LARGE_CHANGE;
}

/** Whether either text is more than an editor should open by itself. */
export function isLargeText(sizes: readonly number[], texts: readonly string[]): boolean {
  return sizes.some((size) => size > LARGE_BYTES) || texts.some((text) => countLines(text) > LARGE_LINES);
}

/** As editors count: a line break at the end begins another line. */
export function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
