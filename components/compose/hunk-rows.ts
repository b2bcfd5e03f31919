import type { Choice } from "@/lib/compare/compose";
import type { FileOutline } from "@/lib/compare/outline";
import { inTheWay, type Tick, tickedOf, ticksOf } from "@/lib/compare/ticks";

/** A line of the list of hunks, each as high as the others: a file, a hunk of it, or what a hunk would replace. */
export type HunkRow =
  | { kind: "file"; key: string; file: FileOutline; ticks: readonly Tick[]; changedBy: readonly number[] }
  | {
      kind: "hunk";
      key: string;
      file: FileOutline;
      ticks: readonly Tick[];
      tick: Tick;
      at: number;
      count: number;
      blocking: readonly Tick[];
    }
  | { kind: "warning"; key: string; file: FileOutline };

/** Where the focus is: a row, and which of the things in it. */
export interface HunkPlace {
  index: number;
  item: number;
}

/** All lines of these files. What of a file did not change is the same as before, since every tick asks anew. */
export function hunkRows(files: readonly FileOutline[], choicesOf: (file: FileOutline) => readonly Choice[]): HunkRow[] {
  return files.flatMap((file) => rowsOf(file, choicesOf(file)));
}

const known = new WeakMap<FileOutline, { choices: readonly Choice[]; rows: readonly HunkRow[] }>();

function rowsOf(file: FileOutline, choices: readonly Choice[]): readonly HunkRow[] {
  const before = known.get(file);
  if (before?.choices === choices) return before.rows;
  const ticks = ticksOf(file, choices);
  const { path } = file;
  const tickable = file.rows.flatMap((row) => row.clusters.map((cluster): Tick => ({ row, cluster })));
  const changedBy = [...new Set(tickable.flatMap(({ cluster }) => cluster.variations))].sort((one, other) => one - other);
  const rows: HunkRow[] = [{ kind: "file", key: `file ${path}`, file, ticks, changedBy }];
  tickable.forEach((tick, at) => {
    const key = `${tick.row.id} ${tick.cluster.id} ${path}`;
    const blocking = tickedOf(ticks, tick) === "all" ? [] : inTheWay(ticks, tick);
    rows.push({ kind: "hunk", key, file, ticks, tick, at, count: tickable.length, blocking });
    if (blocking.length > 0) rows.push({ kind: "warning", key: `warning ${key}`, file });
  });
  known.set(file, { choices, rows });
  return rows;
}

/**
 * How many things in a row take the focus: of a file its box, its name and a letter for each who changed it; where
 * nobody did, its name. */
export function itemsIn(row: HunkRow | undefined): number {
  if (row === undefined || row.kind === "warning") return 0;
  if (row.kind === "hunk") return 1;
  return row.file.rows.length === 0 ? 1 : 2 + row.changedBy.length;
}

/** Where a key leads; undefined: it is none of the list's. */
export function placeAfter(rows: readonly HunkRow[], { index, item }: HunkPlace, key: string): HunkPlace | undefined {
  switch (key) {
    case "ArrowDown":
      return item + 1 < itemsIn(rows[index]) ? { index, item: item + 1 } : (nearest(rows, index + 1, 1, 0) ?? { index, item });
    case "ArrowUp":
      return item > 0 ? { index, item: item - 1 } : (nearest(rows, index - 1, -1, Infinity) ?? { index, item });
    case "PageDown":
      return nearest(rows, Math.min(rows.length - 1, index + PAGE), -1, 0);
    case "PageUp":
      return nearest(rows, Math.max(0, index - PAGE), 1, 0);
    case "Home":
      return nearest(rows, 0, 1, 0);
    case "End":
      return nearest(rows, rows.length - 1, -1, Infinity);
    default:
      return undefined;
  }
}

const PAGE = 15;

/** From here on the first row that can be focused, at its first or last thing. */
function nearest(rows: readonly HunkRow[], from: number, by: 1 | -1, item: 0 | number): HunkPlace | undefined {
  for (let index = from; index >= 0 && index < rows.length; index += by) {
    const count = itemsIn(rows[index]);
    if (count > 0) return { index, item: Math.min(item, count - 1) };
  }
  return undefined;
}
