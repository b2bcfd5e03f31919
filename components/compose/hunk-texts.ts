import { type HunkLine, hunkLines, MAX_PICKED_LINES, type PickedLines, takesAll, takesOf } from "@/lib/compare/line-picks";
import { splitLines } from "@/lib/compare/lines";
import type { MapCluster, MapRow } from "@/lib/protocol/map";

/** A line of a hunk with its text, without its end. */
export type ShownLine = HunkLine & { text: string };

/** The lines of a version as a diff shows them; undefined where it is not one of lines, or too long to be taken line by line. */
export function shownLines(row: MapRow, cluster: MapCluster): ShownLine[] | undefined {
  const { changes, text, truncated, added, removed } = cluster;
  const base = splitLines(row.text ?? "");
  if (cluster.kind !== "lines" || truncated || base.length !== row.end - row.start) return undefined;
  if (added + removed === 0 || added + removed > MAX_PICKED_LINES) return undefined;
  const own = ownLines(splitLines(text ?? ""), row.start, changes);
  const pieces = changes.map(({ start, end, added: length }) => ({ start, end, numbers: { length } }));
  return hunkLines(row.start, row.end, pieces).map((line) => {
    const whole = line.kind === "added" ? own[line.added] : base[line.line - row.start];
    return { ...line, text: (whole ?? "").replace(/\r?\n$/, "") };
  });
}

/** Of all lines of a version those that are its own. */
function ownLines(lines: readonly string[], from: number, changes: MapCluster["changes"]): string[] {
  const own: string[] = [];
  let [at, offset] = [from, 0];
  for (const { start, end, added } of changes) {
    offset += start - at;
    own.push(...lines.slice(offset, offset + added));
    offset += added;
    at = end;
  }
  return own;
}

/** What a line is when it alone is picked. */
export function picksOf(line: HunkLine): PickedLines {
  if (line.kind === "added") return { removed: [], added: [line.added] };
  return { removed: line.kind === "removed" ? [line.line] : [], added: [] };
}

/** Whether a line is ticked; `ticked`: how much of its version is, undefined for all of it. */
export function isPicked(line: HunkLine, state: "all" | "some" | "none", ticked: PickedLines | undefined): boolean {
  if (state === "none" || line.kind === "kept") return false;
  const takes = state === "all" || ticked === undefined ? takesAll : takesOf(ticked);
  return takes(line.kind === "added" ? { added: line.added } : { removed: line.line });
}

/** All of these lines that are ticked. */
export function pickedOf(lines: readonly HunkLine[], ticked: (line: HunkLine, at: number) => boolean): PickedLines {
  const chosen = lines.filter((line, at) => line.kind !== "kept" && ticked(line, at));
  return {
    removed: chosen.flatMap((line) => (line.kind === "removed" ? [line.line] : [])),
    added: chosen.flatMap((line) => (line.kind === "added" ? [line.added] : [])),
  };
}
