import { excludeEachOther, type Placed } from "./exclude";
import type { FileContent } from "./file-versions";
import { joinPicks, type PickedLines, settlePicks } from "./line-picks";
import { splitLines } from "./lines";
import { baseLines, clusterOf, type FileMap } from "./map-file";
import type { Cluster, Row } from "./rows";
import { writeLines } from "./write-lines";

/**
 * What to take in a row: a cluster by its id, or whatever a variation says there; all of it, or some of its changed lines. Rows without a choice
 * stay as in the base.
 */
export type Choice = ({ row: string; cluster: string } | { row: string; variation: number }) & { lines?: PickedLines };

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
  /** Choices that name a row, a cluster or lines that this map doesn't have: the file has changed since they were made. */
  stale: readonly Choice[];
}

/** A version of a row that is taken; without `lines`, all of it. */
export interface Taken {
  choice: Choice;
  row: Row;
  cluster: Cluster;
  variations: readonly number[];
  lines?: PickedLines;
}

/**
 * Makes a file from the base and what is chosen. Without choices it is the base's; with all rows of one variation it is that variation's, byte
 * for byte, and all lines of a row are the row. Of choices that exclude each other the earlier one counts; else their order decides nothing.
 * Several clusters of one row may be chosen where their changes don't meet.
 */
export function compose(file: FileMap, choices: readonly Choice[]): ComposedFile {
  const taken: Taken[] = [];
  const conflicts: { choice: Choice; with: Choice }[] = [];
  const { found, stale } = find(file, choices);
  for (const one of found) {
    const against = taken.find((earlier) => excludeEachOther(placed(earlier), placed(one)));
    if (against === undefined) taken.push(one);
    else conflicts.push({ choice: one.choice, with: against.choice });
  }
  return { ...shape(file, taken), conflicts, stale };
}

/** The choices that make a file what a variation made of it: one for each row that it changed. */
export function choicesOf(file: FileMap, variation: number): Choice[] {
  return file.rows.filter((row) => clusterOf(row, variation) !== undefined).map(({ id }) => ({ row: id, variation }));
}

/** The same choices in their shortest form: each version once, without lines where all are taken, left out where none is. */
export function settleChoices(file: FileMap, choices: readonly Choice[]): Choice[] {
  const { found, stale } = find(file, choices);
  return [...found.map(({ choice }) => choice), ...stale];
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

/** What the choices name, each version of a row once and in the place of the first choice of it. */
function find(file: FileMap, choices: readonly Choice[]): { found: Taken[]; stale: Choice[] } {
  const found: Taken[] = [];
  const stale: Choice[] = [];
  for (const choice of choices) {
    const one = findOne(file, choice);
    if (one === "stale") stale.push(choice);
    if (one === "stale" || one === "base") continue;
    const known = found.findIndex(({ row, cluster }) => row === one.row && cluster === one.cluster);
    const before = found[known];
    if (before === undefined) found.push(one);
    else found[known] = join(before, one);
  }
  return { found, stale };
}

function findOne(file: FileMap, choice: Choice): Taken | "stale" | "base" {
  const row = file.rows.find(({ id }) => id === choice.row);
  if (row === undefined) return "stale";
  const cluster = "cluster" in choice ? row.clusters.find(({ id }) => id === choice.cluster) : clusterOf(row, choice.variation);
  if (cluster === undefined) return "cluster" in choice ? "stale" : "base";
  const taken = { row, cluster, variations: "cluster" in choice ? cluster.variations : [choice.variation] };
  const { lines, ...all } = choice;
  if (lines === undefined) return { choice, ...taken };
  const settled = cluster.change.kind === "lines" ? settlePicks(cluster.change.pieces, lines) : "stale";
  if (settled === "stale") return "stale";
  if (settled === "none") return "base";
  if (settled === "all") return { choice: all, ...taken };
  return { choice: { ...all, lines: settled }, ...taken, lines: settled };
}

/** Two choices of one version: what is in either. */
function join(one: Taken, other: Taken): Taken {
  const variations = [...new Set([...one.variations, ...other.variations])].sort((first, second) => first - second);
  const named = variations.length === one.variations.length ? one.choice : { row: one.row.id, cluster: one.cluster.id };
  const { lines: _, ...all } = named;
  const whole = { ...one, choice: all, variations, lines: undefined };
  if (one.lines === undefined || other.lines === undefined) return one.lines === undefined && named === one.choice ? one : whole;
  const pieces = one.cluster.change.kind === "lines" ? one.cluster.change.pieces : [];
  const lines = settlePicks(pieces, joinPicks(one.lines, other.lines));
  return typeof lines === "string" ? whole : { ...whole, choice: { ...all, lines }, lines };
}

function placed({ row, cluster, lines }: Taken): Placed {
  const { change } = cluster;
  return { row, cluster: { ...cluster, kind: change.kind, pieces: change.kind === "lines" ? change.pieces : undefined }, lines };
}

function shape(file: FileMap, taken: readonly Taken[]): Omit<ComposedFile, "conflicts" | "stale"> {
  let [path, mode, content] = [file.path, file.base?.mode, undefined as FileContent | null | undefined];
  for (const { cluster } of taken) {
    const { change } = cluster;
    if (change.kind === "path") path = change.path;
    else if (change.kind === "mode") mode = change.mode;
    else if (change.kind === "deleted") content = null;
    else if (change.kind === "content") content = change.content;
  }
  const lines = taken.filter(({ cluster }) => cluster.change.kind === "lines");
  if (content === undefined && file.base?.kind === "binary") content = { kind: "binary", id: file.base.id };
  if (content === undefined && file.base === null && lines.length === 0) content = null;
  if (content === undefined) return { path, mode, ...writeLines(baseLines(file.base), lines) };
  const origins = content?.kind === "text" ? originsOfWhole(content.text, taken) : [];
  return { path, mode, content, origins };
}

function originsOfWhole(text: string, taken: readonly Taken[]): LineOrigin[] {
  const by = taken.find(({ row }) => row.kind === "content");
  if (by === undefined) return [];
  const { variations, row, cluster } = by;
  return splitLines(text).map(() => ({ from: "variations", variations, row: row.id, cluster: cluster.id }));
}
