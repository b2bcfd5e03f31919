/** Lines of the wanted text and of the file that are compared: bounds the work in long files. */
const WANTED_LINES = 12;
const FILE_LINES = 20_000;
const LINE_CHARACTERS = 300;
/** Below this likeness a place is no help. */
const LEAST_LIKENESS = 0.45;
const PLACES = 2;

/** A place in a file that is much like a text: `from` counts lines from 1. */
export interface NearPlace {
  from: number;
  lines: string[];
}

/** Where `wanted` was probably meant to be, best first; empty when nothing is much like it. */
export function nearestPlaces(text: string, wanted: string): NearPlace[] {
  const lines = text.split("\n").slice(0, FILE_LINES);
  const wantedLines = trimEmpty(wanted.split("\n"));
  const size = wantedLines.length;
  const compared = wantedLines.slice(0, WANTED_LINES);
  const wantedPairs = compared.map(pairsOf);
  const known = new Map<string, Set<string>>();
  const filePairs = lines.map((line) => {
    const pairs = known.get(line) ?? pairsOf(line);
    known.set(line, pairs);
    return pairs;
  });
  const scored = lines.map((_, at) => {
    let sum = 0;
    for (const [offset, pairs] of wantedPairs.entries()) sum += likeness(pairs, filePairs[at + offset]);
    return { at, score: sum / Math.max(1, compared.length) };
  });
  const best: typeof scored = [];
  for (const place of scored.sort((one, other) => other.score - one.score)) {
    if (place.score < LEAST_LIKENESS || best.length >= PLACES) break;
    if (best.every(({ at }) => Math.abs(at - place.at) >= size)) best.push(place);
  }
  // A second place is only worth showing when it is about as good.
  const top = best[0]?.score ?? 0;
  return best.filter(({ score }) => score > top - 0.1).map(({ at }) => ({ from: at + 1, lines: lines.slice(at, at + size) }));
}

function trimEmpty(lines: string[]): string[] {
  const filled = lines.findIndex((line) => line.trim() !== "");
  const last = lines.findLastIndex((line) => line.trim() !== "");
  return filled === -1 ? lines : lines.slice(filled, last + 1);
}

/** Pairs of neighbouring characters, without white space: indentation is what is most often wrong. */
function pairsOf(line: string): Set<string> {
  const text = line.replace(/\s+/g, "").slice(0, LINE_CHARACTERS);
  const pairs = new Set<string>();
  for (let at = 0; at < text.length - 1; at += 1) pairs.add(text.slice(at, at + 2));
  if (text.length === 1) pairs.add(text);
  return pairs;
}

/** Dice's coefficient: 0 for nothing in common, 1 for the same pairs. Two empty lines are alike. */
function likeness(one: Set<string>, other: Set<string> | undefined): number {
  if (other === undefined) return 0;
  if (one.size === 0 && other.size === 0) return 1;
  let common = 0;
  for (const pair of one) if (other.has(pair)) common += 1;
  return (2 * common) / (one.size + other.size);
}
