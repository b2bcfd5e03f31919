import type { LineChange } from "./line-change";
import { shortestEdit } from "./shortest-edit";
import { uniqueAnchors } from "./unique-anchors";

/** Beyond this many differing lines a shortest edit is looked for only where nothing else helps: its cost grows with the square. */
const EDIT_LIMIT = 256;
/** And then up to this many, as long as the work that a whole diff may take is not used up. */
const LONG_EDIT_LIMIT = 2_048;
const WORK = 4 * LONG_EDIT_LIMIT ** 2;
/** Anchors within anchors within anchors: what is still unclear then is replaced as a whole. */
const DEPTH_LIMIT = 12;

/**
 * What turns list `a` into list `b`, in order, with at least one equal line between two changes. Shortest edit where few lines differ (Myers),
 * else by lines that occur once on both sides (patience); bounded, so that no input is slow. What could stand in several places stands in the
 * last. Depends on nothing but which lines are equal.
 */
export function diffLines(a: Int32Array, b: Int32Array): LineChange[] {
  const changes: LineChange[] = [];
  const comparison: Comparison = { a, b, changes, work: WORK };
  compareRange(comparison, { aStart: 0, aEnd: a.length, bStart: 0, bEnd: b.length }, DEPTH_LIMIT);
  return slideDown(joinTouching(changes), a, b);
}

interface Comparison {
  a: Int32Array;
  b: Int32Array;
  changes: LineChange[];
  /** Steps that long edits may still take. */
  work: number;
}

function compareRange(comparison: Comparison, whole: LineChange, depth: number): void {
  const { a, b, changes } = comparison;
  const range = trimEqualEnds(a, b, whole);
  const [aSize, bSize] = [range.aEnd - range.aStart, range.bEnd - range.bStart];
  if (aSize === 0 || bSize === 0) {
    if (aSize + bSize > 0) changes.push(range);
    return;
  }
  const short = shortestEdit(a, b, range, EDIT_LIMIT);
  const anchors = short !== undefined || depth === 0 ? [] : uniqueAnchors(a, b, range);
  if (anchors.length === 0) {
    for (const change of short ?? longEdit(comparison, range) ?? [range]) changes.push(change);
    return;
  }
  let { aStart, bStart } = range;
  for (const { a: aAt, b: bAt } of anchors) {
    compareRange(comparison, { aStart, aEnd: aAt, bStart, bEnd: bAt }, depth - 1);
    [aStart, bStart] = [aAt + 1, bAt + 1];
  }
  compareRange(comparison, { aStart, aEnd: range.aEnd, bStart, bEnd: range.bEnd }, depth - 1);
}

function longEdit(comparison: Comparison, range: LineChange): LineChange[] | undefined {
  const limit = Math.min(LONG_EDIT_LIMIT, range.aEnd - range.aStart + range.bEnd - range.bStart);
  if (limit <= EDIT_LIMIT || limit ** 2 > comparison.work) return undefined;
  comparison.work -= limit ** 2;
  return shortestEdit(comparison.a, comparison.b, range, limit);
}

function trimEqualEnds(a: Int32Array, b: Int32Array, range: LineChange): LineChange {
  let { aStart, aEnd, bStart, bEnd } = range;
  while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) {
    aStart += 1;
    bStart += 1;
  }
  while (aStart < aEnd && bStart < bEnd && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd -= 1;
    bEnd -= 1;
  }
  return { aStart, aEnd, bStart, bEnd };
}

function joinTouching(changes: readonly LineChange[]): LineChange[] {
  const joined: LineChange[] = [];
  for (const change of changes) {
    const last = joined.at(-1);
    if (last !== undefined && last.aEnd === change.aStart && last.bEnd === change.bStart) {
      last.aEnd = change.aEnd;
      last.bEnd = change.bEnd;
    } else joined.push({ ...change });
  }
  return joined;
}

/**
 * Lines that were only added or only removed can often stand in several places (a blank line before or after a new function): all variations
 * must choose the same one, or what agrees would not be seen to. They go down as far as one equal line stays before the next change.
 */
function slideDown(changes: LineChange[], a: Int32Array, b: Int32Array): LineChange[] {
  for (let index = changes.length - 1; index >= 0; index -= 1) {
    const change = changes[index];
    if (change === undefined) continue;
    const [list, start, end] = change.aStart === change.aEnd ? [b, change.bStart, change.bEnd] : [a, change.aStart, change.aEnd];
    if (change.aStart !== change.aEnd && change.bStart !== change.bEnd) continue;
    const next = changes[index + 1];
    const room = next === undefined ? a.length - change.aEnd : next.aStart - change.aEnd - 1;
    let by = 0;
    while (by < room && list[start + by] === list[end + by]) by += 1;
    changes[index] = {
      aStart: change.aStart + by,
      aEnd: change.aEnd + by,
      bStart: change.bStart + by,
      bEnd: change.bEnd + by,
    };
  }
  return changes;
}
