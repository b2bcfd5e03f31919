import { diverges, type Likeness, type Mark, marks } from "../compare/mark";
import type { MapFileRow } from "../protocol/map";
import type { FileDiffRow } from "../protocol/trees";
import { variationLetter } from "../run/select";
import type { GeneratedReason } from "./generated-files";

/** What is known of a file in one variation: its mark in the map; before that is there, `changed` or nothing. */
export type FileMark = Mark | "changed" | "unknown";

/** A file that some variation changed, or that differs between the two sides shown. */
export interface TreeFile {
  path: string;
  /** One per variation, by index. */
  marks: FileMark[];
  /** The worst of them. Undefined before the map is there, and where no variation's newest tree differs from the base. */
  mark?: Mark;
  /** Its path in the map. */
  origin?: string;
  /** Rows of its map. */
  hunks: number;
  /** Which marks its rows bear: a file in conflict may hold what only one variation changed. */
  held: readonly Mark[];
  /** What differs between the two sides; undefined where they are the same. */
  row?: FileDiffRow;
  generated: GeneratedReason | null;
  /** Several files came to this path: who added it there, and who moved which file to it. Only one of them can be taken. */
  clash?: PathClash;
}

/** Variations by index. */
export interface PathClash {
  added: readonly number[];
  moved: readonly { from: string; variations: readonly number[] }[];
}

export interface TreeFilter {
  /** Words that the path must hold, whatever their case and order. */
  text: string;
  mark?: Mark;
}

/** One line of the tree as it is drawn. */
export type TreeRow =
  | { kind: "group"; key: string; label: string; open: boolean; count: number; generated: boolean }
  | { kind: "file"; key: string; file: TreeFile; level: 1 | 2 };

/** The key of the group that holds what nobody wrote by hand. */
export const GENERATED_GROUP = "generated";

/** What the tree is made of. */
export interface TreeSource {
  /** The map's files; undefined before it is there. */
  mapped: readonly MapFileRow[] | undefined;
  /** The map is about an earlier state: what it does not know may be new. */
  outdated: boolean;
  likeness: Likeness;
  /** What differs between the two sides. */
  shown: readonly FileDiffRow[];
  variations: number;
  /** The variation whose changes `shown` are; undefined where it is compared with something else than the base. */
  changedBy: number | undefined;
}

/** Files that variations changed and files that differ between the sides, as one list in order of the tree. */
export function joinFiles({ mapped, outdated, likeness, shown, variations, changedBy }: TreeSource): TreeFile[] {
  const byPath = new Map<string, MapFileRow>();
  for (const file of mapped ?? []) for (const path of file.paths) if (path !== null) byPath.set(path, file);
  // A file that moved to where another one is, or was, does not stand for that.
  for (const file of mapped ?? []) byPath.set(file.path, file);
  const unknown = Array.from({ length: variations }, (_, at): FileMark => {
    if (mapped !== undefined && !outdated) return "none";
    return at === changedBy ? "changed" : "unknown";
  });
  const of = (file: MapFileRow): Omit<TreeFile, "path" | "row"> => {
    const { all, some, only, conflict } = file.rows[likeness];
    const hunks = all + some + only + conflict;
    const held = marks.filter((mark) => mark !== "none" && file.rows[likeness][mark] > 0);
    return { marks: file.marks[likeness], mark: file.mark[likeness], origin: file.path, hunks, held, generated: file.generated };
  };
  const seen = new Set<MapFileRow>();
  const files = shown.map((row): TreeFile => {
    const file = byPath.get(row.old_path ?? row.path) ?? byPath.get(row.path);
    if (file === undefined) return { path: row.path, marks: unknown, hunks: 0, held: [], row, generated: row.generated };
    seen.add(file);
    return { ...of(file), path: row.path, row };
  });
  for (const file of mapped ?? []) if (!seen.has(file)) files.push({ ...of(file), path: file.path });
  return withClashes(files, mapped ?? []).sort((one, other) => comparePaths(one.path, other.path));
}

/** The map lists a file that was added where another one was moved to as two: at that path they are one, in conflict. */
function withClashes(files: readonly TreeFile[], mapped: readonly MapFileRow[]): TreeFile[] {
  const clashes = pathClashes(mapped);
  if (clashes.size === 0) return [...files];
  const others = files.filter(({ path }) => !clashes.has(path));
  const joined = [...clashes].flatMap(([path, clash]) => {
    const here = files.filter((file) => file.path === path);
    const file = here.find(({ row }) => row !== undefined) ?? here[0];
    if (file === undefined) return [];
    const who = [...clash.added, ...clash.moved.flatMap(({ variations }) => variations)];
    const marks = file.marks.map((_, at): FileMark => (who.includes(at) ? "conflict" : "none"));
    const held = [...new Set<Mark>([...file.held, "conflict"])];
    return [{ ...file, marks, mark: "conflict" as const, held, clash }];
  });
  return [...others, ...joined];
}

/** Paths that some variations added and others moved another file to. */
export function pathClashes(mapped: readonly MapFileRow[]): Map<string, PathClash> {
  const added = new Map(mapped.filter(({ in_base }) => !in_base).map((file) => [file.path, file]));
  const clashes = new Map<string, PathClash>();
  for (const { path: from, paths } of mapped) {
    const targets = new Set(paths.filter((path) => path !== null && path !== from && added.has(path)) as string[]);
    for (const path of targets) {
      const adders = (added.get(path)?.marks.exact ?? []).flatMap((mark, at) => (mark === "none" ? [] : [at]));
      const variations = paths.flatMap((one, at) => (one === path ? [at] : []));
      const known = clashes.get(path) ?? { added: adders, moved: [] };
      clashes.set(path, { ...known, moved: [...known.moved, { from, variations }] });
    }
  }
  return clashes;
}

/** `A adds it, B moves src/a.ts here: only one of them can be taken.` */
export function clashWords({ added, moved }: PathClash): string {
  const who = (variations: readonly number[]): string => variations.map(variationLetter).join(", ");
  const parts = [
    `${who(added)} ${added.length > 1 ? "add" : "adds"} it`,
    ...moved.map(({ from, variations }) => `${who(variations)} ${variations.length > 1 ? "move" : "moves"} ${from} here`),
  ];
  return `${parts.join(", ")}: only one of them can be taken.`;
}

/** Those whose variations came to different things; what is not known yet may be one of them. */
export function divergingFiles(files: readonly TreeFile[]): TreeFile[] {
  return files.filter(({ mark, marks }) => (mark === undefined ? marks.includes("unknown") : diverges(mark)));
}

/** Files of which a row bears the mark, and whose path holds the words. */
export function filterFiles(files: readonly TreeFile[], { text, mark }: TreeFilter): TreeFile[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return files.filter((file) => {
    if (mark !== undefined && !file.held.includes(mark)) return false;
    const path = `${file.row?.old_path ?? ""} ${file.path}`.toLowerCase();
    return words.every((word) => path.includes(word));
  });
}

/** The order in which one goes from file to file: those that differ between the sides, what is generated last. */
export function filesInOrder(files: readonly TreeFile[]): string[] {
  const differing = files.filter(({ row }) => row !== undefined);
  return [...differing.filter(({ generated }) => generated === null), ...differing.filter(({ generated }) => generated !== null)].map(
    ({ path }) => path,
  );
}

/**
 * The lines of the tree: files of the root, then each folder with files as one group of its whole path, and at the end a group of generated
 * files. `closed` holds the keys of groups that are folded; the generated one is folded unless `generatedOpen`.
 */
export function treeRows(files: readonly TreeFile[], closed: ReadonlySet<string>, generatedOpen: boolean): TreeRow[] {
  const written = files.filter(({ generated }) => generated === null);
  const generated = files.filter((file) => file.generated !== null);
  const rows = folderRows(written, closed);
  if (generated.length === 0) return rows;
  rows.push({
    kind: "group",
    key: GENERATED_GROUP,
    label: "Generated",
    open: generatedOpen,
    count: generated.length,
    generated: true,
  });
  if (generatedOpen) rows.push(...generated.map((file): TreeRow => ({ kind: "file", key: `file:${file.path}`, file, level: 2 })));
  return rows;
}

function folderRows(files: readonly TreeFile[], closed: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  let group: Extract<TreeRow, { kind: "group" }> | undefined;
  for (const file of files) {
    const folder = folderOf(file.path);
    if (folder !== "" && group?.label !== folder) {
      const key = `folder:${folder}`;
      group = { kind: "group", key, label: folder, open: !closed.has(key), count: 0, generated: false };
      rows.push(group);
    }
    if (folder !== "" && group !== undefined) {
      group.count += 1;
      if (!group.open) continue;
    }
    rows.push({ kind: "file", key: `file:${file.path}`, file, level: folder === "" ? 1 : 2 });
  }
  return rows;
}

/** The key of the group that a file stands in; undefined at the root. */
export function groupOf(file: Pick<TreeFile, "path" | "generated">): string | undefined {
  if (file.generated !== null) return GENERATED_GROUP;
  const folder = folderOf(file.path);
  return folder === "" ? undefined : `folder:${folder}`;
}

/** The next line from `at` on, around the end, whose name begins with what was typed; undefined when there is none. */
export function typeAhead(rows: readonly TreeRow[], at: number, typed: string): number | undefined {
  // Another first letter moves on; more letters of the same word may stay.
  const from = typed.length === 1 ? at + 1 : at;
  for (let step = 0; step < rows.length; step += 1) {
    const index = (from + step) % rows.length;
    const row = rows[index];
    if (row !== undefined && nameOf(row).toLowerCase().startsWith(typed.toLowerCase())) return index;
  }
  return undefined;
}

function nameOf(row: TreeRow): string {
  return row.kind === "group" ? row.label : row.file.path.slice(row.file.path.lastIndexOf("/") + 1);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Folder by folder: files of a folder before those of the folders in it would split it, so plain segments decide. */
function comparePaths(one: string, other: string): number {
  const [a, b] = [one.split("/"), other.split("/")];
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const [left = "", right = ""] = [a[at], b[at]];
    if (left === right) continue;
    const [leftIsFile, rightIsFile] = [at === a.length - 1, at === b.length - 1];
    if (leftIsFile !== rightIsFile) return leftIsFile ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
