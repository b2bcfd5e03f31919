import { describe, expect, it } from "vitest";
import type { FileVersion, FileVersions } from "./file-versions";
import { clusterOf, mapFile } from "./map-file";
import type { Row } from "./rows";

const text = (...lines: string[]): string => lines.map((line) => `${line}\n`).join("");
const says = (...lines: string[]): FileVersion => ({ kind: "text", text: text(...lines) });
const untouched: FileVersion = { kind: "untouched" };
const deleted: FileVersion = { kind: "deleted" };

function map(base: string[] | null, ...variations: FileVersion[]) {
  const versions: FileVersions = { path: "f.ts", base: base === null ? null : { kind: "text", text: text(...base) }, variations };
  return mapFile(versions);
}

/** A row in one line: range, the number and mark in each cell, the mark. */
function shown(row: Row): string {
  const letters = { none: "·", all: "●", some: "■", only: "◆", conflict: "✕" };
  const cells = row.cells.map((mark, variation) => `${letters[mark]}${clusterOf(row, variation)?.number ?? ""}`);
  return `${row.id} ${cells.join(" ")} ${letters[row.mark]}`;
}

describe("mapFile", () => {
  it("shows who agrees, who stands alone and what excludes each other", () => {
    const base = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
    const file = map(
      base,
      says("ONE", "two", "THREE", "four", "five", "six", "seven", "EIGHT"),
      says("ONE", "two", "THREE", "four", "FIVE", "six", "seven", "EIGHT"),
      says("ONE", "two", "drei", "four", "five", "six", "seven", "EIGHT"),
      says("ONE", "two", "tres", "four", "five", "six", "seven", "eight"),
      says("ONE", "two", "THREE", "four", "five", "six", "seven", "EIGHT"),
    );
    expect(file.rows.map(shown)).toEqual(["0-1 ●1 ●1 ●1 ●1 ●1 ●", "2-3 ■1 ■1 ◆2 ◆3 ■1 ✕", "4-5 · ◆1 · · · ◆", "7-8 ■1 ■1 ■1 · ■1 ■"]);
    expect(file.mark).toBe("conflict");
    expect(file.rows[1]?.clusters.map(({ excludes }) => excludes)).toEqual([
      [2, 3],
      [1, 3],
      [1, 2],
    ]);
  });

  it("cuts a longer change where a shorter one says the same of part of it", () => {
    const base = ["a", "1", "2", "3", "z"];
    const file = map(base, says("a", "I", "II", "3", "z"), says("a", "I", "II", "III", "z"), says("a", "1", "2", "III", "z"));
    expect(file.rows.map(shown)).toEqual(["1-3 ■1 ■1 · ■", "3-4 · ■1 ■1 ■"]);
  });

  describe("where a change is cut that agrees with part of a longer one", () => {
    const base = ["d", "a", "}", 'import "x";', 'import "y";', "a", "c"];
    const [two, three, one] = [says(...base.toSpliced(1, 2)), says(...base.toSpliced(1, 3)), says(...base.toSpliced(2, 1))];

    it("cuts the longer one there as well, and has no conflict that excludes nothing", () => {
      const file = map(base, two, three, one, untouched);
      expect(file.rows.map(shown)).toEqual(["1-2 ■1 ■1 · · ■", "2-3 ■1 ■1 ■1 · ■", "3-4 · ◆1 · · ◆"]);
    });

    it("does so in any order of the variations", () => {
      const file = map(base, one, untouched, three, two, untouched);
      expect(file.rows.map(shown)).toEqual(["1-2 · · ■1 ■1 · ■", "2-3 ■1 · ■1 ■1 · ■", "3-4 · · ◆1 · · ◆"]);
    });
  });

  it("keeps changes of neighbouring lines apart, and joins what inserts at the edge of a change", () => {
    const base = ["a", "1", "2", "z"];
    expect(map(base, says("a", "I", "2", "z"), says("a", "1", "II", "z")).rows.map(shown)).toEqual(["1-2 ◆1 · ◆", "2-3 · ◆1 ◆"]);
    expect(map(base, says("a", "I", "2", "z"), says("a", "1", "new", "2", "z")).rows.map(shown)).toEqual(["1-2 ◆1 ◆2 ✕"]);
    expect(map(base, says("a", "x", "1", "2", "z"), says("a", "y", "1", "2", "z")).rows.map(shown)).toEqual(["1-1 ◆1 ◆2 ✕"]);
  });

  it("lets two changes stand together that only a third one joins", () => {
    const base = ["1", "2", "3", "4", "5"];
    const file = map(base, says("A", "2", "3", "4", "5"), says("1", "2", "3", "4", "B"), says("e"));
    expect(file.rows.map(shown)).toEqual(["0-5 ◆1 ◆2 ◆3 ✕"]);
    expect(file.rows[0]?.clusters.map(({ excludes }) => excludes)).toEqual([[3], [3], [1, 2]]);
  });

  it("sees the same insertion although it could stand in several places", () => {
    const base = ["f {", "}", "", "g {", "}"];
    const added = ["f {", "}", "", "h {", "}", "", "g {", "}"];
    const file = map(base, says(...added), says("// top", ...added));
    expect(file.rows.map(shown)).toEqual(["0-0 · ◆1 ◆", "3-3 ■1 ■1 ■".replaceAll("■", "●")]);
  });

  it("tells a variation without a tree from one that left the file alone", () => {
    expect(map(["a"], says("b"), says("b"), { kind: "unknown" })).toMatchObject({ mark: "all", known: 2 });
    expect(map(["a"], says("b"), says("b"), untouched).mark).toBe("some");
    expect(map(["a"], untouched, says("a"), untouched).rows).toEqual([]);
  });

  it("tells texts that are the same up to white space or the order of imports", () => {
    const base = ['import { z } from "z";', "", "f();"];
    const file = map(
      base,
      says('import { z } from "z";', 'import { b, a } from "ab";', "", "f( 1 );"),
      says('import { a, b } from "ab";', 'import { z } from "z";', "", "f(1);"),
      says('import { z } from "z";', 'import { b, a } from "ab";', "", "f(1);"),
    );
    expect(file.rows.map(shown)).toEqual(["0-1 ■1 ◆2 ■1 ✕", "2-3 ◆1 ■2 ■2 ✕"]);
    const [imports, call] = file.rows;
    expect(imports?.clusters.map(({ likeUpToSpace, likeUpToImports }) => [likeUpToSpace, likeUpToImports])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(call?.clusters.map(({ likeUpToSpace }) => likeUpToSpace)).toEqual([1, 1]);
    expect([file.mark, file.markUpToSpace, file.markUpToImports]).toEqual(["conflict", "conflict", "all"]);
  });

  it("keeps cluster ids when others join, leave or come first", () => {
    const two = map(["a"], says("b"), says("c"));
    const three = map(["a"], says("d"), says("c"), says("b"));
    const ids = (file: typeof two) =>
      Object.fromEntries((file.rows[0]?.clusters ?? []).map(({ id, variations }) => [variations.join(), id]));
    expect(ids(three)).toMatchObject({ 1: ids(two)[1], 2: ids(two)[0] });
  });

  it("maps new files, also empty ones, and marks two different ones of a path as a conflict", () => {
    expect(map(null, says("x"), says("x"), untouched).rows.map(shown)).toEqual(["0-0 ■1 ■1 · ■"]);
    expect(map(null, says("x"), says("y")).mark).toBe("conflict");
    expect(map(null, { kind: "text", text: "" }).rows).toHaveLength(1);
  });

  it("takes a deletion as the same as a deletion, and as a conflict with any change", () => {
    expect(map(["a"], deleted, deleted).rows.map(shown)).toEqual(["content ●1 ●1 ●"]);
    expect(map(["a", "b"], deleted, says("A", "b"), untouched).rows.map(shown)).toEqual(["content ◆1 · · ✕", "0-1 · ◆1 · ✕"]);
    expect(map(["a"], deleted, { kind: "text", text: "a\n", path: "g.ts" }).mark).toBe("conflict");
    expect(map(["a"], deleted, deleted, untouched).mark).toBe("some");
  });

  it("follows renames: one target is agreement, two are a conflict, and lines agree across them", () => {
    const to = (path: string, ...lines: string[]): FileVersion => ({ kind: "text", text: text(...lines), path });
    expect(map(["a"], to("g.ts", "a"), to("g.ts", "a")).rows.map(shown)).toEqual(["path ●1 ●1 ●"]);
    expect(map(["a"], to("g.ts", "a"), to("h.ts", "a")).mark).toBe("conflict");
    expect(map(["a"], to("g.ts", "b"), says("b")).rows.map(shown)).toEqual(["path ◆1 · ◆", "0-1 ●1 ●1 ●"]);
  });

  it("compares what has no lines by its id, and modes apart from contents", () => {
    const binary = (id: string, mode?: string): FileVersion => ({ kind: "binary", id, mode });
    const of = (...variations: FileVersion[]) => mapFile({ path: "p.png", base: { kind: "binary", id: "0", mode: "100644" }, variations });
    expect(of(binary("1"), binary("1"), binary("0")).rows.map(shown)).toEqual(["content ■1 ■1 · ■"]);
    expect(of(binary("1"), binary("2")).mark).toBe("conflict");
    expect(of(binary("0", "100755"), untouched).rows.map(shown)).toEqual(["mode ◆1 · ◆"]);
    expect(of(says("text now"), binary("1")).mark).toBe("conflict");
    expect(map(["a"], binary("1"), says("b")).mark).toBe("conflict");
  });

  it("minds line ends and the end of the file", () => {
    const file = map(["a"], { kind: "text", text: "a" }, { kind: "text", text: "a\r\n" });
    expect(file.mark).toBe("conflict");
    expect(file.markUpToSpace).toBe("all");
  });
});
