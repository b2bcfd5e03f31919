import type { RowChange } from "./rows";

/** One version of one row, as far as it matters for what can be taken beside it. */
export interface Placed {
  row: { id: string; kind: "lines" | "content" | "path" | "mode" };
  cluster: { id: string; number: number; excludes: readonly number[]; kind: RowChange["kind"] };
}

/** Whether only one of two versions of rows of a file can be taken: they change the same lines, or one takes the lines of the other away. */
export function excludeEachOther(one: Placed, other: Placed): boolean {
  if (one.row.id === other.row.id) return one.cluster.id !== other.cluster.id && one.cluster.excludes.includes(other.cluster.number);
  const kinds = [one.row.kind, other.row.kind];
  if (!kinds.includes("content")) return false;
  return kinds.includes("lines") || one.cluster.kind === "deleted" || other.cluster.kind === "deleted";
}
