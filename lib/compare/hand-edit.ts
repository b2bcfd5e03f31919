import { choicesOf, compose, type LineOrigin } from "./compose";
import { diffLines } from "./line-diff";
import { createLineNumbers, splitLines } from "./lines";
import { mapFile } from "./map-file";

/** Where a line of a composition comes from: also a person's own hand, or an agent that was to fit it together. */
export type Origin = LineOrigin | { from: "hand" | "agent" };

/** The origins of an edited text: lines that the composed text has too keep theirs, the others are `by` whoever edited. */
export function originsAfter(composed: string, origins: readonly Origin[], edited: string, by: "hand" | "agent" = "hand"): Origin[] {
  const numbers = createLineNumbers();
  const [before, after] = [numbers.of(splitLines(composed)), numbers.of(splitLines(edited))];
  const result: Origin[] = [];
  let at = 0;
  const keepUntil = (end: number): void => {
    for (; at < end; at += 1) result.push(origins[at] ?? { from: by });
  };
  for (const { aStart, aEnd, bStart, bEnd } of diffLines(before, after)) {
    keepUntil(aStart);
    for (let line = bStart; line < bEnd; line += 1) result.push({ from: by });
    at = aEnd;
  }
  keepUntil(before.length);
  return result;
}

/**
 * What was written over `on`, written over another composed text instead: a three-way merge by the rules of composing. Undefined where both changed
 * the same place.
 */
export function moveEdit(on: string, edited: string, composed: string): string | undefined {
  const map = mapFile({
    path: "",
    base: { kind: "text", text: on },
    variations: [
      { kind: "text", text: edited },
      { kind: "text", text: composed },
    ],
  });
  const { content, conflicts } = compose(map, [...choicesOf(map, 0), ...choicesOf(map, 1)]);
  return conflicts.length > 0 || content?.kind !== "text" ? undefined : content.text;
}
