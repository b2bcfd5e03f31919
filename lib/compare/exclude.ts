import { meetingLines, type PickedLines } from "./line-picks";
import type { PieceShape } from "./pieces";
import type { RowChange } from "./rows";

/** One version of one row, or some of its lines, as far as it matters for what can be taken beside it. */
export interface Placed {
  row: { id: string; kind: "lines" | "content" | "path" | "mode" };
  /** `pieces` may be left out where it excludes nothing, and where it is too long to be taken line by line. */
  cluster: { id: string; number: number; excludes: readonly number[]; kind: RowChange["kind"]; pieces?: readonly PieceShape[] };
  lines?: PickedLines;
}

/** Whether only one of two versions of rows of a file can be taken: they change the same lines, or one takes the lines of the other away. */
export function excludeEachOther(one: Placed, other: Placed): boolean {
  if (one.row.id === other.row.id) {
    const whole = one.cluster.id !== other.cluster.id && one.cluster.excludes.includes(other.cluster.number);
    return whole && (one.lines === undefined && other.lines === undefined ? true : linesMeet(one, other));
  }
  const kinds = [one.row.kind, other.row.kind];
  if (!kinds.includes("content")) return false;
  return kinds.includes("lines") || one.cluster.kind === "deleted" || other.cluster.kind === "deleted";
}

function linesMeet(one: Placed, other: Placed): boolean {
  const [{ pieces: mine }, { pieces: theirs }] = [one.cluster, other.cluster];
  if (mine === undefined || theirs === undefined) return true;
  const { removed, added } = meetingLines({ pieces: mine, lines: one.lines }, { pieces: theirs, lines: other.lines });
  return removed.length + added.length > 0;
}
