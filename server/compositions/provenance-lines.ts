import type { OriginRange } from "@/lib/compare/provenance";
import { variationLetter } from "@/lib/run/select";
import { PROVENANCE_TRAILER } from "../landing/landing-message";

/** A file of a composition and where its lines are from; without ranges, all that it differs in is from `variations`. */
export interface FileProvenance {
  path: string;
  variations: readonly number[];
  ranges: readonly OriginRange[];
  /** The file as such is as an agent left it. */
  agent?: boolean;
}

/** A message with thousands of trailers helps nobody; the rest is in the run's log. */
const MAX_LINES = 200;
const MAX_PATH = 300;

/** Trailers that name for each part of a composition who it is from: `Composed-from: A src/retry.ts:10-20`, several letters where they agree, `hand` and `agent` where no variation wrote it. */
export function provenanceLines(files: readonly FileProvenance[]): string[] {
  const all = files.flatMap(({ path, variations, ranges, agent }) => {
    const name = inOneLine(path);
    if (ranges.length === 0) return agent ? [`agent ${name}`] : variations.length === 0 ? [] : [`${letters(variations)} ${name}`];
    return ranges.map((range) => `${sourceOf(range)} ${name}:${range.start}${range.end === range.start ? "" : `-${range.end}`}`);
  });
  const shown = all.slice(0, MAX_LINES).map((line) => `${PROVENANCE_TRAILER}: ${line}`);
  return all.length > MAX_LINES ? [...shown, `${PROVENANCE_TRAILER}: ${all.length - MAX_LINES} more parts`] : shown;
}

function sourceOf({ variations, agent }: OriginRange): string {
  return agent ? "agent" : letters(variations);
}

function letters(variations: readonly number[]): string {
  return variations.length === 0 ? "hand" : variations.map(variationLetter).join(", ");
}

/** A path may hold line breaks, which would end the trailer. */
function inOneLine(path: string): string {
  const plain = path.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
  return plain.length > MAX_PATH ? `…${plain.slice(-MAX_PATH)}` : plain;
}
