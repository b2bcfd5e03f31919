import type { FileDiffRow } from "../protocol/trees";
import { type Agreement, comparePaths, type FileMark, type MarkedFile } from "./file-marks";
import type { GeneratedReason } from "./generated-files";

/** A file that some variation changed, or that differs between the two sides shown. */
export interface TreeFile {
  path: string;
  /** One per variation, by index. */
  marks: FileMark[];
  /** Undefined where no variation's newest tree differs from the base: it only differs between the sides. */
  agreement?: Agreement;
  /** What differs between the two sides; undefined where they are the same. */
  row?: FileDiffRow;
  generated: GeneratedReason | null;
}

export interface TreeFilter {
  /** Words that the path must hold, whatever their case and order. */
  text: string;
  agreement?: Agreement;
}

/** One line of the tree as it is drawn. */
export type TreeRow =
  | { kind: "group"; key: string; label: string; open: boolean; count: number; generated: boolean }
  | { kind: "file"; key: string; file: TreeFile; level: 1 | 2 };

/** The key of the group that holds what nobody wrote by hand. */
export const GENERATED_GROUP = "generated";

/** Files that variations changed and files that differ between the sides, as one list in order of the tree. */
export function joinFiles(
  marked: readonly (MarkedFile & { generated: GeneratedReason | null })[],
  shown: readonly FileDiffRow[],
  variations: number,
): TreeFile[] {
  const files = new Map<string, TreeFile>(marked.map((file) => [file.path, { ...file }]));
  for (const row of shown) {
    const known = files.get(row.path);
    if (known === undefined) {
      const marks = Array.from({ length: variations }, (): FileMark => "none");
      files.set(row.path, { path: row.path, marks, row, generated: row.generated });
    } else known.row = row;
  }
  return [...files.values()].sort((one, other) => comparePaths(one.path, other.path));
}

export function filterFiles(files: readonly TreeFile[], { text, agreement }: TreeFilter): TreeFile[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return files.filter((file) => {
    if (agreement !== undefined && file.agreement !== agreement) return false;
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
