import { importBlocks, withoutImportOrder } from "./near-text";
import { inCuts, inOrder, type Piece } from "./pieces";
import { buildRow, type Row, type Saying } from "./rows";

interface OwnedPiece {
  variation: number;
  piece: Piece;
}

interface LineSaying extends Saying {
  change: { kind: "lines"; pieces: readonly Piece[] };
  text: readonly string[];
}

/**
 * The rows of lines of one file: pieces that meet, directly or by way of others, are one row; so are imports that differ in their order only.
 * `byVariation` as `splitPieces` gives it.
 */
export function lineRows(base: readonly string[], byVariation: readonly (readonly Piece[])[], known: number): Row[] {
  const owned = byVariation.flatMap((pieces, variation) => pieces.map((piece): OwnedPiece => ({ variation, piece })));
  const places = placesOf(owned).flatMap((place) => cutAlike(base, place));
  return joinImports(base, places).flatMap((together) => {
    const { start, end } = extentOf(together);
    const sayings = sayingsOf(base, start, end, together);
    return sayings.length === 0 ? [] : [buildRow({ id: `${start}-${end}`, kind: "lines", start, end }, sayings, byVariation.length, known)];
  });
}

function extentOf(together: readonly OwnedPiece[]): { start: number; end: number } {
  const start = together[0]?.piece.start ?? 0;
  return { start, end: together.reduce((last, { piece }) => Math.max(last, piece.end), start) };
}

/** Variations that import the same, each in another order, change different places: these become one where that shows that they are alike. */
function joinImports(base: readonly string[], places: readonly OwnedPiece[][]): readonly OwnedPiece[][] {
  const [first] = places[0] ?? [];
  if (places.length < 2 || places.every((place) => place.every(({ variation }) => variation === first?.variation))) return places;
  let joined = [...places];
  for (const block of importBlocks(base)) {
    const inside = joined.filter((place) => {
      const { start, end } = extentOf(place);
      return block.start <= start && end <= block.end;
    });
    const together = inside.flat();
    if (inside.length < 2 || !areAlike(base, together)) continue;
    joined = joined.flatMap((place) => (place === inside[0] ? [together] : inside.includes(place) ? [] : [place]));
  }
  return joined;
}

/** Whether two variations say the same up to the order of imports, but not the same. */
function areAlike(base: readonly string[], together: readonly OwnedPiece[]): boolean {
  const { start, end } = extentOf(together);
  const forms = new Map<string, string>();
  return sayingsOf(base, start, end, together).some(({ key, text }) => {
    const form = withoutImportOrder(text);
    const known = forms.get(form);
    forms.set(form, key);
    return known !== undefined && known !== key;
  });
}

/**
 * A place again, or several, once those who say the same in it say it in the same pieces. `splitPieces` compares what was not cut yet: of two
 * variations with the same text here, one may be whole where another is cut, and hold together what is apart in truth. In each place that
 * comes of it fewer lists of pieces differ than before, so this goes no deeper than there are variations.
 */
function cutAlike(base: readonly string[], place: OwnedPiece[]): OwnedPiece[][] {
  if (place.length < 2) return [place];
  const { start, end } = extentOf(place);
  const own = piecesByOwner(place);
  const sayings = sayingsOf(base, start, end, place);
  const settled = sayings.length === own.size && sayings.every((one) => inCuts(own.get(one.variation) ?? [], one.change.pieces) === 0);
  if (settled) return [place];
  const owned = sayings.flatMap(({ variation, change }) => change.pieces.map((piece): OwnedPiece => ({ variation, piece })));
  return placesOf(owned).flatMap((one) => cutAlike(base, one));
}

/** One sweep over pieces in order, which it sorts: a place ends where the next piece meets nothing of it (`meet`). */
function placesOf(owned: OwnedPiece[]): OwnedPiece[][] {
  owned.sort((one, other) => inOrder(one.piece, other.piece) || one.variation - other.variation);
  const places: OwnedPiece[][] = [];
  let end = -1;
  let insertion = -1;
  for (const one of owned) {
    const { start, end: pieceEnd } = one.piece;
    const inserts = start === pieceEnd;
    const goesOn = start < end || (start === end && (inserts || insertion === end));
    if (goesOn) places.at(-1)?.push(one);
    else places.push([one]);
    end = goesOn ? Math.max(end, pieceEnd) : pieceEnd;
    if (inserts) insertion = start;
  }
  return places;
}

/**
 * In the order of the variations. What comes to the same as the base says nothing. Of those who say the same, all have the pieces of the one that
 * is cut most (`inCuts`): what can be taken beside them must not depend on who comes first.
 */
function sayingsOf(base: readonly string[], start: number, end: number, together: readonly OwnedPiece[]): LineSaying[] {
  const original = base.slice(start, end).join("");
  const cutMost = new Map<string, readonly Piece[]>();
  const sayings = [...piecesByOwner(together)]
    .sort(([one], [other]) => one - other)
    .flatMap(([variation, own]) => {
      const text = rewrite(base, start, end, own);
      const key = text.join("");
      if (key === original && base.length > 0) return [];
      const known = cutMost.get(key);
      if (known === undefined || inCuts(own, known) < 0) cutMost.set(key, own);
      return [{ variation, key, text, own }];
    });
  return sayings.map(({ own, ...saying }) => ({ ...saying, change: { kind: "lines", pieces: cutMost.get(saying.key) ?? own } }));
}

function piecesByOwner(together: readonly OwnedPiece[]): Map<number, Piece[]> {
  const pieces = new Map<number, Piece[]>();
  for (const { variation, piece } of together) {
    const own = pieces.get(variation);
    if (own === undefined) pieces.set(variation, [piece]);
    else own.push(piece);
  }
  return pieces;
}

/** Lines `start` to `end` of the base (the end left out) with these pieces, all inside, put in their places. */
export function rewrite(base: readonly string[], start: number, end: number, pieces: readonly Piece[]): string[] {
  const text: string[] = [];
  let at = start;
  for (const piece of pieces) {
    for (; at < piece.start; at += 1) text.push(base[at] ?? "");
    for (const line of piece.lines) text.push(line);
    at = piece.end;
  }
  for (; at < end; at += 1) text.push(base[at] ?? "");
  return text;
}
