import { describe, expect, it } from "vitest";
import type { MapCluster, MapRow } from "../protocol/map";
import { cellsOf, clusterWords, lineOfPlace, rowAt, rowLabel, rowPlace, rowsShown } from "./hunks";

const cluster = (number: number, variations: number[], part: Partial<MapCluster> = {}): MapCluster => ({
  id: `c${number}`,
  number,
  variations,
  added: 1,
  removed: 1,
  kind: "lines",
  text: "  return 1;\n",
  truncated: false,
  changes: [],
  excludes: [],
  like_up_to_space: number,
  like_up_to_imports: number,
  ...part,
});
const row = (part: Partial<MapRow> = {}): MapRow => ({
  id: "4-6",
  kind: "lines",
  start: 4,
  end: 6,
  title: null,
  text: "\n}\n",
  mark: { exact: "conflict", space: "some", imports: "all" },
  cells: [1, 2, null],
  places: [],
  clusters: [cluster(1, [0]), cluster(2, [1], { like_up_to_space: 1, like_up_to_imports: 1 })],
  ...part,
});
const file = (kind: MapRow["kind"], clusters: MapCluster[]) => row({ kind, start: 0, end: 0, clusters });

describe("cellsOf", () => {
  it("gives the same number to what counts as the same", () => {
    expect(cellsOf(row(), "exact", 3)).toEqual([
      { number: 1, mark: "only" },
      { number: 2, mark: "only" },
      { number: null, mark: "none" },
    ]);
    expect(cellsOf(row(), "space", 3).map(({ number, mark }) => `${number} ${mark}`)).toEqual(["1 some", "1 some", "null none"]);
    expect(cellsOf(row(), "imports", 2)[0]?.mark).toBe("all");
  });
});

describe("rows", () => {
  it("are left out where all agree, by what counts as the same", () => {
    expect([rowsShown([row()], "imports", false), rowsShown([row()], "space", true), rowsShown([row()], "imports", true)]).toEqual([
      [row()],
      [row()],
      [],
    ]);
  });

  it("are placed as people count lines", () => {
    const place = (start: number, end: number) => rowPlace({ kind: "lines", start, end });
    expect([place(4, 6), place(4, 5), place(4, 4), place(0, 0)]).toEqual(["5–6", "5", "after 4", "at the top"]);
    expect(rowPlace({ kind: "mode", start: 0, end: 0 })).toBe("file");
  });

  it("are named after what is declared, else after their first words", () => {
    expect(rowLabel(row({ title: "withRetry()" }))).toEqual({ text: "withRetry()", code: false });
    expect(rowLabel(row())).toEqual({ text: "return 1;", code: true });
    expect(rowLabel(row({ clusters: [cluster(1, [0], { text: "\n" })] })).text).toBe("blank lines");
    expect(rowLabel(file("content", [cluster(1, [0], { kind: "deleted", text: null })])).text).toBe("deleted");
    expect(rowLabel(file("path", [])).text).toBe("new path");
  });

  it("are found by lines of the base, those that share one first", () => {
    const [before, own, after] = [row({ id: "1-4", start: 1, end: 4 }), row(), row({ id: "6-6", start: 6, end: 6 })];
    const at = (start: number, end: number) => rowAt([before, own, after], { start, end })?.id;
    expect([at(4, 5), at(3, 4), at(6, 6), at(9, 9)]).toEqual(["4-6", "1-4", "4-6", undefined]);
    expect(rowAt([own], undefined)).toBeUndefined();
  });
});

it("a version about the file is said in words", () => {
  expect(clusterWords(cluster(1, [0]))).toBeUndefined();
  expect(clusterWords(cluster(1, [0], { kind: "deleted", text: null }))).toBe("deletes the file");
  expect(clusterWords(cluster(1, [0], { kind: "path", text: "b.ts" }))).toBe("moves it to b.ts");
  expect(clusterWords(cluster(1, [0], { kind: "mode", text: "100755" }))).toBe("makes it executable");
});

it("a place is looked at in its first line, removed lines in the one before", () => {
  expect([{ start: 4, end: 6 }, { start: 4, end: 4 }, { start: 0, end: 0 }, null].map(lineOfPlace)).toEqual([5, 4, 1, undefined]);
});
