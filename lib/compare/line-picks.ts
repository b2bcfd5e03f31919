import { meet, type PieceShape, samePiece } from "./pieces";

/**
 * Single changed lines of a hunk, as in the view of a diff: lines of the base that it takes away, by their place in the base, and lines that it
 * adds, by their place among all that it adds; both from 0. So they stay what they are when the hunk is cut in other pieces.
 */
export interface PickedLines {
  removed: number[];
  added: number[];
}

/** A line of a hunk as it is shown; `added` counts among all lines that the hunk adds. */
export type HunkLine = { kind: "kept" | "removed"; line: number } | { kind: "added"; added: number };

/** A range of the base and what of a piece stands in its place: a line of the base that stays, or one of the piece's own. */
export interface Part {
  start: number;
  end: number;
  lines: readonly ({ kept: number } | { own: number })[];
}

/** Hunks with more changed lines are taken whole. */
export const MAX_PICKED_LINES = 2_000;

/** Whose line a line is: what a hunk adds follows the line of the base that it replaces. */
export type Takes = (line: { removed: number } | { added: number }) => boolean;

export const takesAll: Takes = () => true;

/** What is picked, asked line by line. */
export function takesOf({ removed, added }: PickedLines): Takes {
  const [gone, come] = [new Set(removed), new Set(added)];
  return (line) => ("removed" in line ? gone.has(line.removed) : come.has(line.added));
}

/**
 * The lines of a hunk in the order in which they are shown, `start` to `end` of the base. As many new lines as old ones are taken for changed
 * line by line, so that one of them can be taken without its place being a guess; else what goes comes before what is added, as in a diff.
 */
export function hunkLines(start: number, end: number, pieces: readonly Pick<PieceShape, "start" | "end" | "numbers">[]): HunkLine[] {
  const lines: HunkLine[] = [];
  let [at, before] = [start, 0];
  const keepUntil = (line: number): void => {
    for (; at < line; at += 1) lines.push({ kind: "kept", line: at });
  };
  for (const piece of pieces) {
    keepUntil(piece.start);
    for (const { line, own } of anchors(piece)) {
      if (line !== undefined) lines.push({ kind: "removed", line });
      for (let one = own.from; one < own.to; one += 1) lines.push({ kind: "added", added: before + one });
    }
    [at, before] = [piece.end, before + piece.numbers.length];
  }
  keepUntil(end);
  return lines;
}

/** What is left of a pick once it is looked at: the whole hunk, nothing of it, or lines in order. `stale`: it names what is not there. */
export function settlePicks(pieces: readonly PieceShape[], picks: PickedLines): PickedLines | "all" | "none" | "stale" {
  const there = new Set(pieces.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at)));
  const total = pieces.reduce((sum, { numbers }) => sum + numbers.length, 0);
  const [removed, added] = [sorted(picks.removed), sorted(picks.added)];
  if (removed.some((line) => !there.has(line)) || added.some((line) => line < 0 || line >= total)) return "stale";
  if (removed.length === there.size && added.length === total) return "all";
  return removed.length + added.length === 0 ? "none" : { removed, added };
}

/** Both together. */
export function joinPicks(one: PickedLines, other: PickedLines): PickedLines {
  return { removed: sorted([...one.removed, ...other.removed]), added: sorted([...one.added, ...other.added]) };
}

/** Every line of a hunk. */
export function allPicks(pieces: readonly PieceShape[]): PickedLines {
  const total = pieces.reduce((sum, { numbers }) => sum + numbers.length, 0);
  const removed = pieces.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at));
  return { removed, added: Array.from({ length: total }, (_, at) => at) };
}

/**
 * What stands where, of one piece of which these lines are taken; `before`: how many lines the pieces before it add. Parts that change nothing are
 * left out. All parts together make the whole piece's text when every line is taken.
 */
export function partsOf(piece: PieceShape, before: number, takes: Takes): Part[] {
  return anchors(piece).flatMap(({ line, own }): Part[] => {
    const added: { own: number }[] = [];
    for (let one = own.from; one < own.to; one += 1) if (takes({ added: before + one })) added.push({ own: one });
    if (line === undefined) return added.length === 0 ? [] : [{ start: piece.start, end: piece.end, lines: added }];
    const gone = takes({ removed: line });
    if (!gone && added.length === 0) return [];
    return [{ start: line, end: line + 1, lines: gone ? added : [{ kept: line }, ...added] }];
  });
}

/**
 * Of two versions of one place of which lines are picked (undefined: all): what of `one` cannot stand beside the other. They touch the same line of
 * the base, or one inserts where the other changes something. A piece that both have is the same change, however much of it each takes.
 */
export function meetingLines(
  one: { pieces: readonly PieceShape[]; lines?: PickedLines },
  other: { pieces: readonly PieceShape[]; lines?: PickedLines },
): PickedLines {
  const theirs = touched(other.pieces, other.lines, one.pieces);
  const [removed, added]: [number[], number[]] = [[], []];
  const takes = one.lines === undefined ? takesAll : takesOf(one.lines);
  let before = 0;
  for (const piece of one.pieces) {
    const shared = other.pieces.some((candidate) => samePiece(candidate, piece));
    for (const { start, end, lines } of shared ? [] : partsOf(piece, before, takes)) {
      if (!theirs.some((range) => meet(range, { start, end }))) continue;
      if (start < end && takes({ removed: start })) removed.push(start);
      for (const line of lines) if ("own" in line) added.push(before + line.own);
    }
    before += piece.numbers.length;
  }
  return { removed, added };
}

/** What of a pick is left without these lines. */
export function withoutPicks(picks: PickedLines, less: PickedLines): PickedLines {
  const [removed, added] = [new Set(less.removed), new Set(less.added)];
  return { removed: picks.removed.filter((line) => !removed.has(line)), added: picks.added.filter((line) => !added.has(line)) };
}

/** The lines of the base in a piece, each with the piece's own lines that follow it; without one where lines are only added. */
function anchors({ start, end, numbers }: PieceShape): { line?: number; own: { from: number; to: number } }[] {
  const [gone, come] = [end - start, numbers.length];
  if (gone === 0) return come === 0 ? [] : [{ own: { from: 0, to: come } }];
  return Array.from({ length: gone }, (_, at) => {
    const own = gone === come ? { from: at, to: at + 1 } : at === gone - 1 ? { from: 0, to: come } : { from: 0, to: 0 };
    return { line: start + at, own };
  });
}

function touched(pieces: readonly PieceShape[], lines: PickedLines | undefined, without: readonly PieceShape[]): Part[] {
  const takes = lines === undefined ? takesAll : takesOf(lines);
  let before = 0;
  return pieces.flatMap((piece) => {
    const parts = without.some((other) => samePiece(other, piece)) ? [] : partsOf(piece, before, takes);
    before += piece.numbers.length;
    return parts;
  });
}

function sorted(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((one, other) => one - other);
}
