import { excludeEachOther, type Placed } from "./exclude";
import type { FileContent } from "./file-versions";
import { splitLines } from "./lines";
import { baseLines, clusterOf, type FileMap } from "./map-file";
import { inOrder, type Piece, samePiece } from "./pieces";
import type { Cluster, Row } from "./rows";

/** What to take in a row: a cluster by its id, or whatever a variation says there. Rows without a choice stay as in the base. */
export type Choice = { row: string; cluster: string } | { row: string; variation: number };

/** Where a line of a composed text comes from. `line` counts from 0 in the base; `variations` are those who are to be credited. */
export type LineOrigin =
  | { from: "base"; line: number }
  | { from: "variations"; variations: readonly number[]; row: string; cluster: string };

export interface ComposedFile {
  path: string;
  /** As git writes it; undefined where neither the base nor a choice says. */
  mode: string | undefined;
  /** Null: there is no such file. */
  content: FileContent | null;
  /** One per line of a text; empty for everything else. */
  origins: readonly LineOrigin[];
  /** Choices that were left out, each with the first earlier one that excludes it. */
  conflicts: readonly { choice: Choice; with: Choice }[];
  /** Choices that name a row or a cluster that this map doesn't have: the file has changed since they were made. */
  stale: readonly Choice[];
}

interface Taken {
  choice: Choice;
  row: Row;
  cluster: Cluster;
  variations: readonly number[];
}

/**
 * Makes a file from the base and what is chosen. Without choices it is the base's; with all rows of one variation it is that variation's, byte
 * for byte. Of choices that exclude each other the earlier one counts. Several clusters of one row may be chosen where their changes don't meet.
 */
export function compose(file: FileMap, choices: readonly Choice[]): ComposedFile {
  const taken: Taken[] = [];
  const conflicts: { choice: Choice; with: Choice }[] = [];
  const stale: Choice[] = [];
  for (const choice of choices) {
    const found = find(file, choice);
    if (found === "stale") stale.push(choice);
    if (found === "stale" || found === "base") continue;
    const against = taken.find((earlier) => exclude(earlier, found));
    if (against === undefined) taken.push(found);
    else conflicts.push({ choice, with: against.choice });
  }
  return { ...shape(file, taken), conflicts, stale };
}

/** The choices that make a file what a variation made of it: one for each row that it changed. */
export function choicesOf(file: FileMap, variation: number): Choice[] {
  return file.rows.filter((row) => clusterOf(row, variation) !== undefined).map(({ id }) => ({ row: id, variation }));
}

/** Paths that more than one file would have, or that would be file and folder at once: found only when all files are put together. */
export function pathClashes(files: readonly ComposedFile[]): string[] {
  const paths = files.filter(({ content }) => content !== null).map(({ path }) => path);
  const times = new Map<string, number>();
  for (const path of paths) times.set(path, (times.get(path) ?? 0) + 1);
  const clashes = new Set(paths.filter((path) => (times.get(path) ?? 0) > 1));
  for (const path of paths) {
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1))
      if (times.has(path.slice(0, at))) clashes.add(path.slice(0, at));
  }
  return [...clashes].sort();
}

function find(file: FileMap, choice: Choice): Taken | "stale" | "base" {
  const row = file.rows.find(({ id }) => id === choice.row);
  if (row === undefined) return "stale";
  const cluster = "cluster" in choice ? row.clusters.find(({ id }) => id === choice.cluster) : clusterOf(row, choice.variation);
  if (cluster === undefined) return "cluster" in choice ? "stale" : "base";
  return { choice, row, cluster, variations: "cluster" in choice ? cluster.variations : [choice.variation] };
}

function exclude(one: Taken, other: Taken): boolean {
  return excludeEachOther(placed(one), placed(other));
}

function placed({ row, cluster }: Taken): Placed {
  return { row, cluster: { ...cluster, kind: cluster.change.kind } };
}

function shape(file: FileMap, taken: readonly Taken[]): Omit<ComposedFile, "conflicts" | "stale"> {
  const placed: { piece: Piece; by: Taken }[] = [];
  let [path, mode, content] = [file.path, file.base?.mode, undefined as FileContent | null | undefined];
  for (const by of taken) {
    const { change } = by.cluster;
    if (change.kind === "path") path = change.path;
    else if (change.kind === "mode") mode = change.mode;
    else if (change.kind === "deleted") content = null;
    else if (change.kind === "content") content = change.content;
    else for (const piece of change.pieces) placed.push({ piece, by });
  }
  if (content === undefined && file.base?.kind === "binary") content = { kind: "binary", id: file.base.id };
  if (content === undefined && file.base === null && placed.length === 0) content = null;
  if (content === undefined) return { path, mode, ...write(baseLines(file.base), placed) };
  const origins = content?.kind === "text" ? originsOfWhole(content.text, taken) : [];
  return { path, mode, content, origins };
}

function write(base: readonly string[], placed: { piece: Piece; by: Taken }[]): Pick<ComposedFile, "content" | "origins"> {
  const text: string[] = [];
  const origins: LineOrigin[] = [];
  let at = 0;
  const keepUntil = (end: number): void => {
    for (; at < end; at += 1) {
      text.push(base[at] ?? "");
      origins.push({ from: "base", line: at });
    }
  };
  let last: Piece | undefined;
  for (const { piece, by } of placed.sort((one, other) => inOrder(one.piece, other.piece))) {
    // Two clusters of a row may have a piece in common.
    if (last !== undefined && samePiece(last, piece)) continue;
    last = piece;
    keepUntil(piece.start);
    const origin = originOf(by);
    for (const line of piece.lines) {
      text.push(line);
      origins.push(origin);
    }
    at = piece.end;
  }
  keepUntil(base.length);
  return { content: { kind: "text", text: text.join("") }, origins };
}

function originsOfWhole(text: string, taken: readonly Taken[]): LineOrigin[] {
  const by = taken.find(({ row }) => row.kind === "content");
  return by === undefined ? [] : splitLines(text).map(() => originOf(by));
}

function originOf({ variations, row, cluster }: Taken): LineOrigin {
  return { from: "variations", variations, row: row.id, cluster: cluster.id };
}
