import type { BaseVersion, FileVersion, FileVersions } from "./file-versions";
import { diffLines } from "./line-diff";
import { lineRows } from "./line-rows";
import { createLineNumbers, type LineNumbers, splitLines } from "./lines";
import { type Mark, worstMark } from "./mark";
import { type Piece, piecesOf } from "./pieces";
import { buildRow, type Row, type Saying } from "./rows";
import { splitPieces } from "./split-pieces";

/** Who changed what in one file. */
export interface FileMap {
  /** In the base; of a new file, where it was added. */
  path: string;
  base: BaseVersion | null;
  /** Variations with a tree: the n of "k of n". */
  known: number;
  /** What concerns the whole file first, then lines in order. Empty: nobody changed it. */
  rows: readonly Row[];
  /** The worst of the rows: conflict, only one, some, all. */
  mark: Mark;
  markUpToSpace: Mark;
  markUpToImports: Mark;
}

const PLAIN_MODE = "100644";

/**
 * The map of one file: where variations changed it, who agrees with whom, and which changes exclude each other. Depends only on the texts; the
 * order of the variations decides nothing but the order of what is listed.
 */
export function mapFile(file: FileVersions): FileMap {
  const { path, base, variations } = file;
  const known = variations.filter(({ kind }) => kind !== "unknown").length;
  const about = aboutRows(file, known);
  const lines = base?.kind === "binary" ? [] : lineRows(baseLines(base), splitPieces(piecesByVariation(base, variations)), known);
  const rows = settle(about, lines);
  return {
    path,
    base,
    known,
    rows,
    mark: worstMark(rows.map((row) => row.mark)),
    markUpToSpace: worstMark(rows.map((row) => row.markUpToSpace)),
    markUpToImports: worstMark(rows.map((row) => row.markUpToImports)),
  };
}

/** The lines of the base that rows count in; none where it is new or has no lines. */
export function baseLines(base: BaseVersion | null): string[] {
  return base?.kind === "text" ? splitLines(base.text) : [];
}

/** The cluster's place in a row that a variation stands in; undefined where it left the row alone. */
export function clusterOf(row: Row, variation: number): Row["clusters"][number] | undefined {
  return row.clusters.find(({ variations }) => variations.includes(variation));
}

function piecesByVariation(base: BaseVersion | null, variations: readonly FileVersion[]): Piece[][] {
  const numbers = createLineNumbers();
  const original = numbers.of(baseLines(base));
  const known = new Map<string, Piece[]>();
  return variations.map((version) => {
    if (version.kind !== "text" || (base?.kind === "text" && version.text === base.text)) return [];
    const pieces = known.get(version.text) ?? piecesAgainst(original, version.text, numbers);
    known.set(version.text, pieces);
    // A new file may be empty, and is there all the same.
    return base === null && pieces.length === 0 ? [{ start: 0, end: 0, lines: [], numbers: new Int32Array() }] : pieces;
  });
}

function piecesAgainst(original: Int32Array, text: string, numbers: LineNumbers): Piece[] {
  const lines = splitLines(text);
  const own = numbers.of(lines);
  return piecesOf(diffLines(original, own), lines, own);
}

/** The rows that concern the file as a whole. */
function aboutRows({ base, variations }: FileVersions, known: number): Row[] {
  const row = (kind: "content" | "path" | "mode", sayingOf: (version: FileVersion) => Omit<Saying, "variation"> | undefined): Row[] => {
    const sayings = variations.flatMap((version, variation) => {
      const saying = sayingOf(version);
      return saying === undefined ? [] : [{ variation, ...saying }];
    });
    return sayings.length === 0 ? [] : [buildRow({ id: kind, kind, start: 0, end: 0 }, sayings, variations.length, known)];
  };
  return [
    ...row("content", (version) => contentSaying(base, version)),
    ...row("path", (version) => {
      const path = "path" in version ? version.path : undefined;
      return path === undefined ? undefined : { key: path, change: { kind: "path", path } };
    }),
    ...row("mode", (version) => {
      const mode = "mode" in version ? version.mode : undefined;
      return mode === undefined || mode === (base?.mode ?? PLAIN_MODE) ? undefined : { key: mode, change: { kind: "mode", mode } };
    }),
  ];
}

function contentSaying(base: BaseVersion | null, version: FileVersion): Omit<Saying, "variation"> | undefined {
  if (version.kind === "deleted") return base === null ? undefined : { key: "deleted", change: { kind: "deleted" } };
  if (version.kind === "binary") {
    const same = base?.kind === "binary" && base.id === version.id;
    return same ? undefined : { key: `binary ${version.id}`, change: { kind: "content", content: { kind: "binary", id: version.id } } };
  }
  if (version.kind !== "text" || base?.kind !== "binary") return undefined;
  return { key: `text ${version.text}`, change: { kind: "content", content: { kind: "text", text: version.text } } };
}

/** Rows that exclude each other are conflicts, each of them: who deletes a file, or makes it binary, leaves nothing to change lines in. */
function settle(about: readonly Row[], lines: readonly Row[]): Row[] {
  const content = about.find(({ kind }) => kind === "content");
  const deleted = content?.clusters.some(({ change }) => change.kind === "deleted") ?? false;
  const contest = (row: Row): Row => ({ ...row, mark: "conflict", markUpToSpace: "conflict", markUpToImports: "conflict" });
  const others = about.filter((row) => row !== content);
  if (content === undefined || (lines.length === 0 && !(deleted && others.length > 0))) return [...about, ...lines];
  return [contest(content), ...(deleted ? others.map(contest) : others), ...lines.map(contest)];
}
