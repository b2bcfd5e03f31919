/** A change as Monaco counts it: from 1, an end of 0 where that side has no lines of it; then the start is the line before. */
export interface CountedChange {
  originalStartLineNumber: number;
  originalEndLineNumber: number;
  modifiedStartLineNumber: number;
  modifiedEndLineNumber: number;
}

/**
 * Under which line of the right side an inline diff has room for a thread on a line of the left side. Removed lines are drawn in one piece before
 * the added ones, so that it stands at the end of the change; `behind`: nothing was added, so it stands behind what is drawn under that line.
 */
export function inlinePlace(changes: readonly CountedChange[], line: number): { line: number; behind: boolean } {
  let shift = 0;
  for (const change of changes) {
    const { originalStartLineNumber: start, originalEndLineNumber: end } = change;
    const { modifiedStartLineNumber: newStart, modifiedEndLineNumber: newEnd } = change;
    if (line < (end === 0 ? start + 1 : start)) break;
    if (line <= end) return newEnd === 0 ? { line: newStart, behind: true } : { line: newEnd, behind: false };
    shift += (newEnd === 0 ? 0 : newEnd - newStart + 1) - (end === 0 ? 0 : end - start + 1);
  }
  return { line: line + shift, behind: false };
}
