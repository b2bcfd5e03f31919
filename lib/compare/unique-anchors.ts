import type { LineChange } from "./line-change";

/** Line `a` of one list and line `b` of the other are the same. */
export interface Anchor {
  a: number;
  b: number;
}

/** Lines that occur once in each of both ranges, as many of them as keep one order: patience diff's (Bram Cohen). In order of both lists. */
export function uniqueAnchors(a: Int32Array, b: Int32Array, range: LineChange): Anchor[] {
  const inB = placesOnce(b, range.bStart, range.bEnd);
  const pairs: Anchor[] = [];
  for (const [line, place] of placesOnce(a, range.aStart, range.aEnd)) {
    const other = inB.get(line);
    if (place >= 0 && other !== undefined && other >= 0) pairs.push({ a: place, b: other });
  }
  pairs.sort((one, other) => one.a - other.a);
  return longestRising(pairs);
}

/** Each line's place, -1 for those that occur again. */
function placesOnce(list: Int32Array, start: number, end: number): Map<number, number> {
  const places = new Map<number, number>();
  for (let at = start; at < end; at += 1) {
    const line = list[at] ?? 0;
    places.set(line, places.has(line) ? -1 : at);
  }
  return places;
}

/** The longest part of `pairs` whose `b` rises as well, by patience sorting. */
function longestRising(pairs: readonly Anchor[]): Anchor[] {
  const tops: number[] = [];
  const previous: number[] = [];
  pairs.forEach(({ b }, index) => {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tops[middle] ?? 0]?.b ?? 0) < b) low = middle + 1;
      else high = middle;
    }
    previous[index] = tops[low - 1] ?? -1;
    tops[low] = index;
  });
  const rising: Anchor[] = [];
  for (let index = tops.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) {
    const pair = pairs[index];
    if (pair !== undefined) rising.push(pair);
  }
  return rising.reverse();
}
