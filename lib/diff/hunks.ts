import { diverges, type Likeness, type Mark, markOf } from "../compare/mark";
import type { MapCluster, MapRow } from "../protocol/map";

/** A range of lines, counted from 0, the end left out. */
export interface LineRange {
  start: number;
  end: number;
}

/** A variation in a row of the hunk map: the number of its text, and how many say the same. */
export interface HunkCell {
  /** Null: it left the place alone, or has no tree. */
  number: number | null;
  mark: Mark;
}

/** The number of a cluster's text where more than equal texts may count as the same. */
export function numberOf(cluster: MapCluster, likeness: Likeness): number {
  return { exact: cluster.number, space: cluster.like_up_to_space, imports: cluster.like_up_to_imports }[likeness];
}

/** One cell per variation. `known` of them have a tree. */
export function cellsOf({ cells, clusters }: MapRow, likeness: Likeness, known: number): HunkCell[] {
  const sizes = new Map<number, number>();
  for (const cluster of clusters) {
    const number = numberOf(cluster, likeness);
    sizes.set(number, (sizes.get(number) ?? 0) + cluster.variations.length);
  }
  return cells.map((own) => {
    const cluster = clusters.find(({ number }) => number === own);
    if (cluster === undefined) return { number: null, mark: "none" };
    const number = numberOf(cluster, likeness);
    return { number, mark: markOf([sizes.get(number) ?? 0], known) };
  });
}

/** All rows, or those where the variations came to different things. */
export function rowsShown(rows: readonly MapRow[], likeness: Likeness, diverging: boolean): MapRow[] {
  return rows.filter(({ mark }) => !diverging || diverges(mark[likeness]));
}

/** Where a row is in the base, as people count: `15–16`, `28`, `after 12`, `at the top`; of rows about the file `file`. */
export function rowPlace({ kind, start, end }: Pick<MapRow, "kind" | "start" | "end">): string {
  if (kind !== "lines") return "file";
  if (start === end) return start === 0 ? "at the top" : `after ${start}`;
  return end - start === 1 ? `${end}` : `${start + 1}–${end}`;
}

/** What a row is about: what is declared there, else its first words. `code`: it is a piece of the text. */
export function rowLabel(row: MapRow): { text: string; code: boolean } {
  if (row.kind === "path") return { text: "new path", code: false };
  if (row.kind === "mode") return { text: "mode", code: false };
  if (row.kind === "content") return { text: row.clusters.some(({ kind }) => kind === "deleted") ? "deleted" : "content", code: false };
  if (row.title !== null) return { text: row.title, code: false };
  const lines = [row.text ?? "", ...row.clusters.map(({ text }) => text ?? "")].join("").split("\n");
  return { text: lines.find((line) => /\w/.test(line))?.trim() ?? "blank lines", code: true };
}

/** What a version does to a row, in a few words; of lines how many it adds and removes are told elsewhere. */
export function clusterWords({ kind, text }: MapCluster): string | undefined {
  switch (kind) {
    case "lines":
      return undefined;
    case "deleted":
      return "deletes the file";
    case "content":
      return "other content";
    case "path":
      return `moves it to ${text ?? ""}`;
    case "mode":
      return text === "100755" ? "makes it executable" : `mode ${text ?? ""}`;
  }
}

/** The line, from 1, at which a place is looked at; of removed lines the one before. Undefined where there are no lines. */
export function lineOfPlace(place: LineRange | null | undefined): number | undefined {
  if (place == null) return undefined;
  return place.end > place.start ? place.start + 1 : Math.max(1, place.start);
}

/** The row that a range of the base's lines belongs to: rather one that shares a line with it than one that touches it. */
export function rowAt(rows: readonly MapRow[], range: LineRange | undefined): MapRow | undefined {
  if (range === undefined) return undefined;
  const lines = rows.filter(({ kind }) => kind === "lines");
  return (
    lines.find(({ start, end }) => start < range.end && range.start < end) ??
    lines.find(({ start, end }) => start <= range.end && range.start <= end)
  );
}
