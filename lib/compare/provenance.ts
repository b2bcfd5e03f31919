import type { Origin } from "./hand-edit";

/** Lines that come from the same source, counted from 1, both ends included. Lines of the base are in none. */
export interface OriginRange {
  start: number;
  end: number;
  /** By index; empty: written by hand, or by an agent. */
  variations: number[];
  /** Written by an agent that was to fit the composition together. */
  agent?: true;
}

/** The ranges of a text's lines that are not the base's. */
export function originRanges(origins: readonly Origin[]): OriginRange[] {
  const ranges: OriginRange[] = [];
  let open: OriginRange | undefined;
  let key = "";
  origins.forEach((origin, index) => {
    const line = index + 1;
    if (origin.from === "base") {
      open = undefined;
      return;
    }
    const variations = origin.from === "variations" ? [...origin.variations] : [];
    const own = `${origin.from} ${variations.join()}`;
    if (open !== undefined && own === key) open.end = line;
    else {
      open = { start: line, end: line, variations, ...(origin.from === "agent" && { agent: true }) };
      key = own;
      ranges.push(open);
    }
  });
  return ranges;
}

/** How many lines come from each variation (the first one, where several wrote the same), from a person's hand, and from agents. */
export function countOrigins(ranges: readonly OriginRange[], variations: number): { lines: number[]; hand: number; agent: number } {
  const lines = Array.from({ length: variations }, () => 0);
  let [hand, agent] = [0, 0];
  for (const { start, end, variations: from, agent: byAgent } of ranges) {
    const [first] = from;
    if (byAgent) agent += end - start + 1;
    else if (first === undefined) hand += end - start + 1;
    else lines[first] = (lines[first] ?? 0) + end - start + 1;
  }
  return { lines, hand, agent };
}
