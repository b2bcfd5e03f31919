import { MAX_PICKED_LINES } from "./line-picks";
import { baseLines, type FileMap } from "./map-file";
import type { Mark } from "./mark";
import { rowTitle } from "./row-title";
import type { Cluster, RowChange } from "./rows";

/** A cluster without its text: what can be ticked. */
export interface ClusterOutline {
  id: string;
  number: number;
  variations: number[];
  added: number;
  removed: number;
  excludes: number[];
  kind: RowChange["kind"];
  /** The new path or mode. */
  detail?: string;
  /** Which lines it changes, where that decides what of it can be taken beside another one: lines of one number are equal. */
  pieces?: { start: number; end: number; numbers: number[] }[];
}

export interface RowOutline {
  id: string;
  kind: "lines" | "content" | "path" | "mode";
  /** 0-based lines of the base, the end left out. */
  start: number;
  end: number;
  /** What it is about: a guess. */
  title?: string;
  mark: Mark;
  clusters: ClusterOutline[];
}

/** A changed file without its texts: enough to tick hunks, and to know which of them exclude each other. */
export interface FileOutline {
  /** In the base; of a new file, where it was added. */
  path: string;
  inBase: boolean;
  mark: Mark;
  rows: RowOutline[];
}

/** See `FileOutline`. */
export function outlineFile(file: FileMap): FileOutline {
  const base = baseLines(file.base);
  return {
    path: file.path,
    inBase: file.base !== null,
    mark: file.mark,
    rows: file.rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      start: row.start,
      end: row.end,
      title: rowTitle(row, base),
      mark: row.mark,
      clusters: row.clusters.map(({ id, number, variations, added, removed, excludes, change }) => ({
        id,
        number,
        variations: [...variations],
        added,
        removed,
        excludes: [...excludes],
        kind: change.kind,
        ...(change.kind === "path" && { detail: change.path }),
        ...(change.kind === "mode" && { detail: change.mode }),
        ...(excludes.length > 0 && added + removed <= MAX_PICKED_LINES && piecesOf(change)),
      })),
    })),
  };
}

function piecesOf(change: Cluster["change"]): Pick<ClusterOutline, "pieces"> {
  if (change.kind !== "lines") return {};
  return { pieces: change.pieces.map(({ start, end, numbers }) => ({ start, end, numbers: [...numbers] })) };
}
