import type { LineChange } from "./line-change";

/** A piece without its text. */
export interface PieceShape {
  start: number;
  end: number;
  /** One per new line, equal where lines are (`createLineNumbers`). */
  numbers: ArrayLike<number>;
}

/** Lines `start` to `end` of the base (0-based, the end left out) replaced by `lines`. An insertion has `start === end`. */
export interface Piece extends PieceShape {
  lines: readonly string[];
  numbers: Int32Array;
}

/** The changes of a diff against the base, with the text that they bring. */
export function piecesOf(changes: readonly LineChange[], lines: readonly string[], numbers: Int32Array): Piece[] {
  return changes.map(({ aStart, aEnd, bStart, bEnd }) => ({
    start: aStart,
    end: aEnd,
    lines: lines.slice(bStart, bEnd),
    numbers: numbers.slice(bStart, bEnd),
  }));
}

/**
 * Whether two variations' pieces meet, so that only one can be taken: they replace a line of the base both, or one inserts where the other
 * changes something, at its edges included, for then nothing says which text comes first. Replacing neighbouring lines is not meeting.
 */
export function meet(one: Pick<Piece, "start" | "end">, other: Pick<Piece, "start" | "end">): boolean {
  const inserts = one.start === one.end || other.start === other.end;
  return inserts ? one.start <= other.end && other.start <= one.end : one.start < other.end && other.start < one.end;
}

/** Same place, same text. */
export function samePiece(one: PieceShape, other: PieceShape): boolean {
  return one.start === other.start && one.end === other.end && sameNumbers(one.numbers, other.numbers);
}

/** By place; what inserts comes before what replaces the line after. */
export function inOrder(one: Pick<Piece, "start" | "end">, other: Pick<Piece, "start" | "end">): number {
  return one.start - other.start || one.end - other.end;
}

/** Of lists of pieces that make the same text of the same lines: the one with more pieces first, then by place. 0: the same pieces. */
export function inCuts(one: readonly Piece[], other: readonly Piece[]): number {
  if (one.length !== other.length) return other.length - one.length;
  for (const [at, mine] of one.entries()) {
    const theirs = other[at] ?? mine;
    const order = inOrder(mine, theirs) || mine.lines.length - theirs.lines.length;
    if (order !== 0) return order;
  }
  return 0;
}

/** Whether two variations' pieces, each in order, meet anywhere without being the same. */
export function anyMeet(mine: readonly Piece[], theirs: readonly Piece[]): boolean {
  for (let [at, other] = [0, 0]; ; ) {
    const [one, two] = [mine[at], theirs[other]];
    if (one === undefined || two === undefined) return false;
    if (meet(one, two) && !samePiece(one, two)) return true;
    // The one that ends first cannot meet what follows the other; at one end, an insertion still can.
    const oneFirst = one.end < two.end || (one.end === two.end && one.start < one.end);
    if (oneFirst) at += 1;
    else other += 1;
  }
}

function sameNumbers(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}
