import { inOrder, type Piece } from "./pieces";

/** A place where a piece can be cut in two: in the base, and in the piece's own lines. */
interface Cut {
  base: number;
  line: number;
}

/**
 * Cuts a variation's long pieces where a shorter one of another variation says the same of part of it: if A changes lines 26 and 27, and B the
 * same way and line 28 as well, then both agree in 26 and 27, and 28 is B's alone. `byVariation` holds disjoint pieces in order, as does the
 * result; each variation's text stays what it was.
 */
export function splitPieces(byVariation: readonly (readonly Piece[])[]): Piece[][] {
  return byVariation.map((pieces, variation) => {
    const others = byVariation.filter((_, index) => index !== variation);
    return pieces.flatMap((piece) => cutUp(piece, others));
  });
}

function cutUp(piece: Piece, others: readonly (readonly Piece[])[]): Piece[] {
  if (piece.end - piece.start < 2) return [piece];
  const cuts = new Map<number, number>();
  for (const other of others) {
    for (let at = firstFrom(other, piece.start); at < other.length; at += 1) {
      const shorter = other[at];
      if (shorter === undefined || shorter.start >= piece.end) break;
      for (const { base, line } of cutsBy(piece, shorter)) {
        const known = cuts.get(base);
        // Two ways to cut at one place: neither is taken.
        cuts.set(base, known === undefined || known === line ? line : -1);
      }
    }
  }
  return cuts.size === 0 ? [piece] : cutAt(piece, cuts);
}

/** Index of the first piece that starts at `start` or later. */
function firstFrom(pieces: readonly Piece[], start: number): number {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function cutsBy(long: Piece, short: Piece): Cut[] {
  const [longBase, shortBase] = [long.end - long.start, short.end - short.start];
  if (shortBase === 0 || shortBase >= longBase || short.end > long.end) return [];
  return offsetsOf(long, short)
    .filter((offset) => saysTheSame(long, short, offset))
    .slice(0, 1)
    .flatMap((offset) => [
      { base: short.start, line: offset },
      { base: short.end, line: offset + short.numbers.length },
    ]);
}

/** Where in the long piece's lines the short one's may stand: at its start or end if they share it, line by line if it keeps their count. */
function offsetsOf(long: Piece, short: Piece): number[] {
  const offsets: number[] = [];
  if (short.start === long.start) offsets.push(0);
  if (short.end === long.end) offsets.push(long.numbers.length - short.numbers.length);
  if (long.numbers.length === long.end - long.start) offsets.push(short.start - long.start);
  return offsets;
}

function saysTheSame(long: Piece, short: Piece, offset: number): boolean {
  if (offset < 0 || offset + short.numbers.length > long.numbers.length) return false;
  return short.numbers.every((number, at) => number === long.numbers[offset + at]);
}

function cutAt(piece: Piece, cuts: ReadonlyMap<number, number>): Piece[] {
  const parts: Piece[] = [];
  let [base, line] = [piece.start, 0];
  const part = (baseEnd: number, lineEnd: number): void => {
    parts.push({ start: base, end: baseEnd, lines: piece.lines.slice(line, lineEnd), numbers: piece.numbers.slice(line, lineEnd) });
    [base, line] = [baseEnd, lineEnd];
  };
  for (const [baseEnd, lineEnd] of [...cuts].sort(([one], [other]) => one - other)) {
    const inside = baseEnd > base && baseEnd < piece.end && lineEnd >= line;
    // A last line without a terminator must stay last: cut off from what follows it, it would run into it.
    if (inside && endsLine(piece, lineEnd)) part(baseEnd, lineEnd);
  }
  part(piece.end, piece.lines.length);
  return parts.sort(inOrder);
}

function endsLine(piece: Piece, lineEnd: number): boolean {
  return lineEnd === 0 || (piece.lines[lineEnd - 1] ?? "\n").endsWith("\n");
}
