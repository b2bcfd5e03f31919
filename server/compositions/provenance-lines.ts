import type { OriginRange } from "@/lib/compare/provenance";
import { variationLetter } from "@/lib/run/select";
import { PROVENANCE_TRAILER } from "../landing/landing-message";

/** A file of a composition and where its lines are from; without ranges, all that it differs in is from `variations`. */
export interface FileProvenance {
  path: string;
  variations: readonly number[];
  ranges: readonly OriginRange[];
}

/** A message with thousands of trailers helps nobody; the rest is in the run's log. */
const MAX_LINES = 200;
const MAX_PATH = 300;

/** Trailers that name for each part of a composition who it is from: `Composed-from: A src/retry.ts:10-20`, several letters where they agree. */
export function provenanceLines(files: readonly FileProvenance[]): string[] {
  const all = files.flatMap(({ path, variations, ranges }) => {
    const name = inOneLine(path);
    if (ranges.length === 0) return variations.length === 0 ? [] : [`${letters(variations)} ${name}`];
    return ranges.map(({ start, end, variations: from }) => `${letters(from)} ${name}:${start}${end === start ? "" : `-${end}`}`);
  });
  const shown = all.slice(0, MAX_LINES).map((line) => `${PROVENANCE_TRAILER}: ${line}`);
  return all.length > MAX_LINES ? [...shown, `${PROVENANCE_TRAILER}: ${all.length - MAX_LINES} more parts`] : shown;
}

function letters(variations: readonly number[]): string {
  return variations.length === 0 ? "hand" : variations.map(variationLetter).join("");
}

/** A path may hold line breaks, which would end the trailer. */
function inOneLine(path: string): string {
  const plain = path.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
  return plain.length > MAX_PATH ? `…${plain.slice(-MAX_PATH)}` : plain;
}
