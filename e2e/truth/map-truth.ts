import type { FileMapResponse, MapResponse, MapRow } from "../../lib/protocol/map";
import type { ApiClient } from "../api-client";
import { type ExpectedMark, expectedRows, markOfTexts, touch, worst } from "./expected-rows";
import type { Ledger } from "./ledger";
import type { PlainGit } from "./plain-git";
import { letterOf } from "./story";

/** What `proveMap` needs. */
export interface MapPlace {
  api: ApiClient;
  run: string;
  git: PlainGit;
  variations: number;
  ledger: Ledger;
}

/** Lines with their ends, so that a missing last one shows. */
const linesOf = (text: string): string[] => text.split(/(?<=\n)/);
const shown = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/\n$/, ""));

/** Holds the map of a run, file by file and place by place, against git. Answers all marks of rows that occur. */
export async function proveMap(place: MapPlace): Promise<Set<string>> {
  const { api, run, git, variations, ledger } = place;
  const map = (await api.call<MapResponse>("GET", `/runs/${run}/map`)).body;
  const changed = Array.from({ length: variations }, (_, index) => git.changedFiles(letterOf(index)));
  const paths = [...new Set(changed.flat().map(({ path }) => path))].sort();
  ledger.same("map files", map.files.map(({ path }) => path).sort(), paths);
  ledger.same(
    "map commits",
    map.variations.map(({ commit }) => commit),
    changed.map((_, index) => git.git("rev-parse", letterOf(index)).trim()),
  );
  const seen = new Set<string>();
  const fileMarks: ExpectedMark[] = [];
  for (const path of paths) {
    const file = (await api.call<FileMapResponse>("GET", `/runs/${run}/map/file?path=${encodeURIComponent(path)}`)).body;
    const listed = map.files.find((one) => one.path === path);
    const newPaths = changed.map((files) => files.find((one) => one.path === path)?.newPath ?? path);
    ledger.same(
      `map paths of ${path}`,
      listed?.paths.map((to) => to ?? path),
      newPaths,
    );
    for (const { mark } of file.rows) seen.add(mark.exact);
    proveRows(place, path, newPaths, file);
    const marks = file.rows.map(({ mark }) => mark.exact);
    fileMarks.push(worst(marks));
    ledger.same(`map mark of ${path}`, [listed?.mark.exact, file.mark.exact], [worst(marks), worst(marks)]);
    const count = (of: string): number => marks.filter((mark) => mark === of).length;
    ledger.same(`map counts of ${path}`, listed?.rows.exact, {
      all: count("all"),
      some: count("some"),
      only: count("only"),
      conflict: count("conflict"),
    });
    proveWhole(place, path, newPaths, worst(marks));
    provePairs(place, path, newPaths, file.rows);
  }
  const files = (of: string): number => fileMarks.filter((mark) => mark === of).length;
  ledger.same("map totals", map.counts.exact, { all: files("all"), some: files("some"), only: files("only"), conflict: files("conflict") });
  return seen;
}

/** A row as both sides can say it. */
interface PlainRow {
  start: number;
  end: number;
  texts: (string | null)[];
  mark: string;
}

/** Each row of lines against the hunks of `git diff`; what the rows make of the base against each variation's blob. */
function proveRows({ git, variations, ledger }: MapPlace, path: string, newPaths: readonly string[], file: FileMapResponse): void {
  const baseBlob = git.blobOf("base", path);
  const blobs = newPaths.map((to, index) => git.blobOf(letterOf(index), to));
  const baseLines = baseBlob === undefined ? [] : linesOf(git.textOf("base", path));
  const rows = file.rows.filter(({ kind }) => kind === "lines");
  if (baseBlob !== undefined) {
    const hunks = blobs.map((blob) => (blob === undefined || blob === baseBlob ? [] : git.hunks(baseBlob, blob)));
    // Whoever removes a file excludes all that others did in it.
    const removed = blobs.includes(undefined);
    const markOf = (texts: PlainRow["texts"]): string => (removed ? "conflict" : markOfTexts(texts, variations));
    const computed = expectedRows(shown(baseLines), hunks).map(({ start, end, texts }): PlainRow => {
      const said = texts.map((text) => (text === null ? null : text.join("\n")));
      return { start, end, texts: said, mark: markOf(said) };
    });
    const product = rows.map((row): PlainRow => ({ start: row.start, end: row.end, texts: textsOf(row), mark: row.mark.exact }));
    for (const row of computed) proveRow(ledger, path, shown(baseLines), row, product, markOf);
    const places = new Set(computed.flatMap(({ start, end }) => product.filter((one) => one.start >= start && one.end <= end)));
    ledger.same(
      `rows of ${path} where nobody changed anything`,
      product.filter((one) => !places.has(one)),
      [],
    );
  }
  for (const [index, blob] of blobs.entries()) {
    const made = madeBy(file.rows, index, baseBlob === undefined ? undefined : baseLines);
    ledger.same(`texts of ${path} in ${letterOf(index)}`, made === undefined ? undefined : git.hash(made), blob);
  }
}

/** The same row, or several inside it: a longer change is cut where a shorter one says the same as a part of it. */
function proveRow(
  ledger: Ledger,
  path: string,
  base: readonly string[],
  row: PlainRow,
  product: readonly PlainRow[],
  markOf: (texts: PlainRow["texts"]) => string,
): void {
  const inside = product.filter((one) => one.start >= row.start && one.end <= row.end);
  const what = `rows of ${path}:${row.start}-${row.end}`;
  if (inside.length <= 1) {
    ledger.same(what, inside[0], row);
    return;
  }
  const joined = row.texts.map((_, variation) => joinedText(base, row, inside, variation));
  const texts = row.texts.map((text) => text ?? base.slice(row.start, row.end).join("\n"));
  ledger.same(`${what}, cut into ${inside.length}`, joined, texts);
  ledger.same(
    `${what}, their marks`,
    inside.map(({ mark }) => mark),
    inside.map((one) => markOf(one.texts)),
  );
}

function joinedText(base: readonly string[], { start, end }: PlainRow, rows: readonly PlainRow[], variation: number): string {
  const lines: string[] = [];
  let at = start;
  for (const row of rows) {
    const text = row.texts[variation] ?? null;
    lines.push(...base.slice(at, row.start), ...(text === null ? base.slice(row.start, row.end) : text === "" ? [] : text.split("\n")));
    at = row.end;
  }
  return [...lines, ...base.slice(at, end)].join("\n");
}

/** What a variation says in a row, without the last line's end. */
function textsOf(row: MapRow): (string | null)[] {
  return row.cells.map((number) => {
    const cluster = row.clusters.find((one) => one.number === number);
    return number === null || cluster === undefined ? null : (cluster.text ?? "").replace(/\n$/, "");
  });
}

/** The file that all rows of a variation make; undefined where it has none. */
function madeBy(rows: readonly MapRow[], variation: number, base: readonly string[] | undefined): string | undefined {
  const own = rows.flatMap((row) => {
    const cluster = row.clusters.find(({ number }) => number === row.cells[variation]);
    return cluster === undefined ? [] : [{ row, cluster }];
  });
  const whole = own.find(({ row }) => row.kind === "content");
  if (whole !== undefined) return whole.cluster.kind === "deleted" ? undefined : (whole.cluster.text ?? "");
  if (base === undefined && own.length === 0) return undefined;
  const lines = base ?? [];
  let text = "";
  let at = 0;
  for (const { row, cluster } of own) {
    if (row.kind !== "lines") continue;
    text += lines.slice(at, row.start).join("") + (cluster.text ?? "");
    at = row.end;
  }
  return text + lines.slice(at).join("");
}

/** What can be said of a file from the ids of its blobs alone. */
function proveWhole({ git, variations, ledger }: MapPlace, path: string, newPaths: readonly string[], mark: ExpectedMark): void {
  const before = `${git.blobOf("base", path) ?? ""} ${path}`;
  const after = newPaths.map((to, index) => `${git.blobOf(letterOf(index), to) ?? ""} ${to}`);
  const changed = after.filter((one) => one !== before);
  if (new Set(changed).size === 1) {
    const computed = changed.length === 1 ? "only" : changed.length === variations ? "all" : "some";
    ledger.same(`blobs of ${path}`, mark, computed);
  } else ledger.holds(`blobs of ${path} differ, but it is said that all agree`, mark !== "all");
}

/** Who excludes whom, against `git merge-file`; it also refuses changes that merely touch, of which both can be taken here. */
function provePairs({ git, variations, ledger }: MapPlace, path: string, newPaths: readonly string[], rows: readonly MapRow[]): void {
  const base = git.blobOf("base", path);
  const blobs = newPaths.map((to, index) => git.blobOf(letterOf(index), to));
  for (let one = 0; one < variations; one += 1) {
    for (let other = one + 1; other < variations; other += 1) {
      const [left, right] = [blobs[one], blobs[other]];
      const what = `pairs ${letterOf(one)}${letterOf(other)} in ${path}`;
      const said = rows.some(({ cells, clusters }) => {
        const cluster = clusters.find(({ number }) => number === cells[one]);
        return cluster !== undefined && cluster.excludes.includes(cells[other] ?? -1);
      });
      const says = (index: number, kind: string): boolean => rows.some((row) => row.kind === kind && row.cells[index] != null);
      const removes = (index: number, against: number): boolean => says(index, "content") && says(against, "lines");
      const fits = !said && !removes(one, other) && !removes(other, one);
      if (left === right || left === base || right === base) {
        ledger.same(what, !fits, base === undefined && left !== undefined && right !== undefined && left !== right);
      } else if (base === undefined || left === undefined || right === undefined) ledger.same(what, fits, false);
      else {
        const { code } = git.attempt("merge-file", "-p", ...[left, base, right].map((blob) => fileOf(git, blob)));
        const touching = git.hunks(base, left).some((mine) => git.hunks(base, right).some((theirs) => touch(mine, theirs)));
        if (!fits) ledger.holds(`${what} exclude each other, but git merges them`, code > 0);
        else ledger.holds(`${what} fit together, but git says that they conflict`, code === 0 || touching);
      }
    }
  }
}

function fileOf(git: PlainGit, blob: string): string {
  return git.git("unpack-file", blob).trim();
}
