import type { LineOrigin, Taken } from "./compose";
import type { FileContent } from "./file-versions";
import { partsOf, type Takes, takesAll, takesOf } from "./line-picks";
import { inOrder, type Piece, samePiece } from "./pieces";

/** Who takes a piece; `before`: lines that the pieces before it add in that version. */
interface Taker {
  by: Taken;
  before: number;
  takes: Takes;
}

/** What is put in the place of a range of the base. */
interface Put {
  start: number;
  end: number;
  lines: { text: string; origin: LineOrigin }[];
}

/** The text of the base with all of this in it, and where each of its lines comes from. */
export function writeLines(base: readonly string[], taken: readonly Taken[]): { content: FileContent; origins: LineOrigin[] } {
  const text: string[] = [];
  const origins: LineOrigin[] = [];
  const push = (line: string, origin: LineOrigin): void => {
    const last = text.at(-1);
    // A last line without an end, which is not the last one any more.
    if (last !== undefined && !last.endsWith("\n")) text[text.length - 1] = `${last}${line.endsWith("\r\n") ? "\r\n" : "\n"}`;
    text.push(line);
    origins.push(origin);
  };
  let at = 0;
  const keepUntil = (end: number): void => {
    for (; at < end; at += 1) push(base[at] ?? "", { from: "base", line: at });
  };
  for (const { start, end, lines } of puts(base, taken)) {
    keepUntil(start);
    for (const { text: line, origin } of lines) push(line, origin);
    at = end;
  }
  keepUntil(base.length);
  return { content: { kind: "text", text: text.join("") }, origins };
}

function puts(base: readonly string[], taken: readonly Taken[]): Put[] {
  return piecesOf(taken)
    .flatMap(({ piece, takers }) =>
      takers.every(({ by }) => by.lines === undefined) ? [whole(piece, takers)] : parts(base, piece, takers),
    )
    .sort(inOrder);
}

/** Two versions of a row may have a piece in common: it is taken once, and is from both. */
function piecesOf(taken: readonly Taken[]): { piece: Piece; takers: Taker[] }[] {
  const all: { piece: Piece; takers: Taker[] }[] = [];
  const rows = new Map<string, typeof all>();
  for (const by of taken) {
    if (by.cluster.change.kind !== "lines") continue;
    const takes = by.lines === undefined ? takesAll : takesOf(by.lines);
    const own = rows.get(by.row.id) ?? [];
    rows.set(by.row.id, own);
    const earlier = [...own];
    let before = 0;
    for (const piece of by.cluster.change.pieces) {
      const known = earlier.find((one) => samePiece(one.piece, piece));
      if (known === undefined) {
        const entry = { piece, takers: [{ by, before, takes }] };
        own.push(entry);
        all.push(entry);
      } else known.takers.push({ by, before, takes });
      before += piece.lines.length;
    }
  }
  return all;
}

function whole({ start, end, lines }: Piece, takers: readonly Taker[]): Put {
  const origin = originOf(takers);
  return { start, end, lines: lines.map((text) => ({ text, origin })) };
}

/** Where versions agree in a piece, a line that one of them takes is taken, and is from those who take it. */
function parts(base: readonly string[], piece: Piece, takers: readonly Taker[]): Put[] {
  const anyTakes: Takes = (line) => takers.some(({ takes, before }) => takes("removed" in line ? line : { added: before + line.added }));
  return partsOf(piece, 0, anyTakes).map(({ start, end, lines }) => ({
    start,
    end,
    lines: lines.map((line) => {
      if ("kept" in line) return { text: base[line.kept] ?? "", origin: { from: "base", line: line.kept } };
      const own = takers.filter(({ takes, before }) => takes({ added: before + line.own }));
      return { text: piece.lines[line.own] ?? "", origin: originOf(own) };
    }),
  }));
}

function originOf(takers: readonly Taker[]): LineOrigin {
  const [first, ...others] = takers.map(({ by }) => by).sort((one, other) => one.cluster.number - other.cluster.number);
  if (first === undefined) throw new Error("nobody takes this line");
  const { row, cluster } = first;
  const variations = [...new Set([first, ...others].flatMap((by) => [...by.variations]))].sort((one, other) => one - other);
  return { from: "variations", variations, row: row.id, cluster: cluster.id };
}
