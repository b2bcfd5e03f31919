import { contentId } from "./content-id";
import type { FileContent } from "./file-versions";
import { type Mark, markOf } from "./mark";
import { withoutImportOrder, withoutSpaces } from "./near-text";
import { anyMeet, type Piece } from "./pieces";

/** What a cluster does to its row. */
export type RowChange =
  | { kind: "lines"; pieces: readonly Piece[] }
  | { kind: "deleted" }
  | { kind: "content"; content: FileContent }
  | { kind: "path"; path: string }
  | { kind: "mode"; mode: string };

/** The variations that made the same of a row. */
export interface Cluster {
  /** From what it says: stays while the text stays, whoever else joins or leaves. */
  id: string;
  /** From 1, in the order in which the variations stand: the same number means the same text. */
  number: number;
  variations: readonly number[];
  added: number;
  removed: number;
  change: RowChange;
  /** Numbers of the clusters of the row that cannot be taken together with this one: their changes meet, or are the same in all but order. */
  excludes: readonly number[];
  /** The lowest number in the row whose text is the same up to white space: its own where there is none. */
  likeUpToSpace: number;
  /** The same up to the order of imports and white space. */
  likeUpToImports: number;
}

/**
 * One line of the map: a place in a file that at least one variation changed. `lines` is a range of the base's lines; the others concern the
 * file as a whole: that it was deleted or holds something without lines, its new path, its new mode.
 */
export interface Row {
  /** Unique in its file; of `lines` the range, so that it stays while the range stays. */
  id: string;
  kind: "lines" | "content" | "path" | "mode";
  /** 0-based lines of the base, the end left out; both the same where lines are only added. 0 in rows about the file. */
  start: number;
  end: number;
  clusters: readonly Cluster[];
  /** One per variation: how many are with it. Never `conflict`. */
  cells: readonly Mark[];
  /** `conflict` where only one of the clusters can be taken, or where rows of the file exclude each other. */
  mark: Mark;
  /** The mark if texts that are the same up to white space, or up to the order of imports as well, counted as the same. */
  markUpToSpace: Mark;
  markUpToImports: Mark;
}

/** What one variation says in a row, before equal ones are put together; `key` is equal where they say the same. */
export interface Saying {
  variation: number;
  key: string;
  change: RowChange;
  /** The lines of the row as this variation has them: only of rows of lines. */
  text?: readonly string[];
}

/** A row from what the variations say in it; those that say nothing left it alone. `known` counts the variations with a tree. */
export function buildRow(
  place: Pick<Row, "id" | "kind" | "start" | "end">,
  sayings: readonly Saying[],
  variations: number,
  known: number,
): Row {
  const byKey = new Map<string, Saying[]>();
  for (const saying of sayings) byKey.set(saying.key, [...(byKey.get(saying.key) ?? []), saying]);
  const groups = [...byKey.values()];
  const spaces = likenesses(groups, withoutSpaces);
  const imports = likenesses(groups, withoutImportOrder);
  const ids = distinctIds([...byKey.keys()].map(contentId));
  const clusters = groups.map((group, index): Cluster => {
    const change = group[0]?.change ?? { kind: "deleted" };
    return {
      id: ids[index] ?? "",
      number: index + 1,
      variations: group.map(({ variation }) => variation),
      ...countLines(change),
      change,
      excludes: groups.flatMap((other, at) =>
        // What is alike is meant once, also where it stands in two places.
        at !== index && (imports[at] === imports[index] || exclude(change, other[0]?.change)) ? [at + 1] : [],
      ),
      likeUpToSpace: spaces[index] ?? index + 1,
      likeUpToImports: imports[index] ?? index + 1,
    };
  });
  const cells: Mark[] = Array.from({ length: variations }, () => "none");
  for (const cluster of clusters) for (const variation of cluster.variations) cells[variation] = markOf([cluster.variations.length], known);
  const marked = (numbers: readonly number[]): Mark => {
    const sizes = new Map<number, number>();
    groups.forEach((group, index) => sizes.set(numbers[index] ?? 0, (sizes.get(numbers[index] ?? 0) ?? 0) + group.length));
    return markOf([...sizes.values()], known);
  };
  const numbers = clusters.map(({ number }) => number);
  return { ...place, clusters, cells, mark: marked(numbers), markUpToSpace: marked(spaces), markUpToImports: marked(imports) };
}

/** For each group the number of the first one with the same form. */
function likenesses(groups: readonly (readonly Saying[])[], form: (lines: readonly string[]) => string): number[] {
  if (groups.length < 2) return groups.map((_, index) => index + 1);
  const first = new Map<string, number>();
  return groups.map((group, index) => {
    const text = group[0]?.text;
    const key = text === undefined ? `\0${index}` : form(text);
    const number = first.get(key) ?? index + 1;
    first.set(key, number);
    return number;
  });
}

function exclude(one: RowChange, other: RowChange | undefined): boolean {
  if (one.kind !== "lines" || other?.kind !== "lines") return true;
  return anyMeet(one.pieces, other.pieces);
}

/** Two texts with one short id are unlikely, but an agent may try for it. */
function distinctIds(ids: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return ids.map((id) => {
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    return times === 1 ? id : `${id}~${times}`;
  });
}

function countLines(change: RowChange): { added: number; removed: number } {
  let [added, removed] = [0, 0];
  for (const { start, end, lines } of change.kind === "lines" ? change.pieces : []) {
    added += lines.length;
    removed += end - start;
  }
  return { added, removed };
}
