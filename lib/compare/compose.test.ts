import { describe, expect, it } from "vitest";
import { choicesOf, compose, pathClashes } from "./compose";
import type { FileVersion } from "./file-versions";
import { type FileMap, mapFile } from "./map-file";

const text = (...lines: string[]): string => lines.map((line) => `${line}\n`).join("");
const says = (...lines: string[]): FileVersion => ({ kind: "text", text: text(...lines) });
const deleted: FileVersion = { kind: "deleted" };

function map(base: string[] | null, ...variations: FileVersion[]): FileMap {
  return mapFile({ path: "f.ts", base: base === null ? null : { kind: "text", text: text(...base), mode: "100644" }, variations });
}
const textOf = (composed: { content: unknown }): unknown => (composed.content as { text?: string } | null)?.text;

describe("compose", () => {
  const base = ["1", "2", "3", "4", "5"];
  const file = map(base, says("A", "2", "3", "4", "a"), says("1", "2", "B", "4", "5"), says("1", "2", "C", "more", "4", "5"));

  it("puts rows of several variations together and says where each line comes from", () => {
    const composed = compose(file, [
      { row: "2-3", variation: 2 },
      { row: "0-1", variation: 0 },
    ]);
    expect(textOf(composed)).toBe(text("A", "2", "C", "more", "4", "5"));
    expect(composed.origins.map((origin) => (origin.from === "base" ? origin.line : origin.variations.join()))).toEqual([
      "0",
      1,
      "2",
      "2",
      3,
      4,
    ]);
    expect(composed.conflicts).toEqual([]);
  });

  it("credits all of a cluster that was chosen by its id", () => {
    const same = map(["1"], says("x"), says("x"), says("y"));
    const cluster = same.rows[0]?.clusters[0]?.id ?? "";
    expect(compose(same, [{ row: "0-1", cluster }]).origins).toEqual([{ from: "variations", variations: [0, 1], row: "0-1", cluster }]);
  });

  it("leaves out what excludes an earlier choice, and says so", () => {
    const [first, second] = [
      { row: "2-3", variation: 1 },
      { row: "2-3", variation: 2 },
    ];
    const composed = compose(file, [first, second]);
    expect(textOf(composed)).toBe(text("1", "2", "B", "4", "5"));
    expect(composed.conflicts).toEqual([{ choice: second, with: first }]);
  });

  it("takes several clusters of a row where their changes do not meet, and common ones once", () => {
    const wide = map(base, says("A", "2", "3", "4", "5"), says("1", "2", "3", "4", "B"), says("e"));
    const both = compose(wide, [
      { row: "0-5", variation: 0 },
      { row: "0-5", variation: 1 },
      { row: "0-5", variation: 2 },
    ]);
    expect(textOf(both)).toBe(text("A", "2", "3", "4", "B"));
    expect(both.conflicts).toHaveLength(1);
  });

  it("never imports twice what two variations import in another order", () => {
    const imports = map(
      ['import { z } from "z";', "f();"],
      says('import { z } from "z";', 'import { a } from "a";', "f();"),
      says('import { a } from "a";', 'import { z } from "z";', "f();"),
    );
    expect(imports.rows).toHaveLength(1);
    const row = imports.rows[0]?.id ?? "";
    expect(
      compose(
        imports,
        [0, 1].map((variation) => ({ row, variation })),
      ).conflicts,
    ).toHaveLength(1);
  });

  it("reports choices that the file no longer has, and lets a variation that left a row alone choose the base", () => {
    const stale = [
      { row: "9-9", variation: 0 },
      { row: "2-3", cluster: "nothing" },
    ];
    const composed = compose(file, [...stale, { row: "2-3", variation: 0 }]);
    expect(composed.stale).toEqual(stale);
    expect(textOf(composed)).toBe(text(...base));
  });

  it("makes new files, deletes, renames and changes modes", () => {
    const added = map(null, says("x"), { kind: "text", text: "" });
    expect(compose(added, []).content).toBeNull();
    expect(textOf(compose(added, choicesOf(added, 0)))).toBe("x\n");
    expect(textOf(compose(added, choicesOf(added, 1)))).toBe("");
    const moved = map(["a"], { kind: "text", text: "b\n", path: "g.ts", mode: "100755" }, deleted);
    expect(compose(moved, choicesOf(moved, 0))).toMatchObject({ path: "g.ts", mode: "100755", content: { text: "b\n" } });
    expect(compose(moved, choicesOf(moved, 1)).content).toBeNull();
    const both = compose(moved, [...choicesOf(moved, 1), ...choicesOf(moved, 0)]);
    expect([both.content, both.conflicts.length]).toEqual([null, 3]);
  });

  it("takes what has no lines as a whole", () => {
    const picture = mapFile({
      path: "p.png",
      base: { kind: "binary", id: "0" },
      variations: [{ kind: "binary", id: "1" }, says("text", "now"), { kind: "untouched" }],
    });
    expect(compose(picture, []).content).toEqual({ kind: "binary", id: "0" });
    expect(compose(picture, choicesOf(picture, 0)).content).toEqual({ kind: "binary", id: "1" });
    expect(compose(picture, choicesOf(picture, 1)).origins).toHaveLength(2);
    expect(compose(picture, choicesOf(picture, 2)).content).toEqual({ kind: "binary", id: "0" });
  });
});

describe("pathClashes", () => {
  it("finds files that would have one path, or stand where a folder is", () => {
    const at = (path: string) => compose({ ...map(["a"], deleted), path }, []);
    expect(pathClashes([at("a"), at("b"), at("a"), at("c"), at("c/d")])).toEqual(["a", "c"]);
    expect(pathClashes([at("a"), { ...at("a"), content: null }, at("ab"), at("b/a")])).toEqual([]);
  });
});
