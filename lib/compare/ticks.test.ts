import { describe, expect, it } from "vitest";
import { compose } from "./compose";
import { moveEdit, originsAfter } from "./hand-edit";
import { mapFile } from "./map-file";
import { outlineFile } from "./outline";
import { originRanges } from "./provenance";
import { choicesFrom, inTheWay, type Tick, tickedOf, ticksOf, toggleTick } from "./ticks";

const base = Array.from({ length: 10 }, (_, at) => `line ${at}\n`);
const put = (...edits: [number, string][]): string => base.map((line, at) => edits.find(([place]) => place === at)?.[1] ?? line).join("");
const map = mapFile({
  path: "f.ts",
  base: { kind: "text", text: base.join("") },
  variations: [
    { kind: "text", text: put([2, "A\n"], [7, "agreed\n"]) },
    { kind: "text", text: put([2, "B\n"], [7, "agreed\n"]) },
    { kind: "deleted" },
  ],
});
const outline = outlineFile(map);

function tick(row: string, variation: number): Tick {
  const [found] = ticksOf(outline, [{ row, variation }]);
  if (found === undefined) throw new Error(`nothing to tick at ${row}`);
  return found;
}

describe("ticking hunks", () => {
  it("says what is in the way before it is taken, as composing does", () => {
    const ticks = ticksOf(outline, choicesFrom(outline, 0));
    expect(ticks.map(({ row }) => row.id)).toEqual(["2-3", "7-8"]);
    expect(inTheWay(ticks, tick("2-3", 1)).map(({ row }) => row.id)).toEqual(["2-3"]);
    expect(inTheWay(ticks, tick("7-8", 1))).toEqual([]);
    expect(inTheWay(ticks, tick("content", 2))).toHaveLength(2);
    for (const wanted of [tick("2-3", 1), tick("content", 2)]) {
      const { conflicts } = compose(map, [...choicesFrom(outline, 0), { row: wanted.row.id, cluster: wanted.cluster.id }]);
      expect(conflicts).toHaveLength(1);
    }
  });

  it("takes one back, and takes the place of another only when asked to", () => {
    const ticks = ticksOf(outline, choicesFrom(outline, 0));
    const other = tick("2-3", 1);
    expect(toggleTick(ticks, other)).toEqual(choicesFrom(outline, 0));
    const replaced = ticksOf(outline, toggleTick(ticks, other, { replace: true }));
    expect([other, tick("2-3", 0), tick("7-8", 0)].map((one) => tickedOf(replaced, one))).toEqual(["all", "none", "all"]);
    expect(toggleTick(replaced, other).map(({ row }) => row)).toEqual(["7-8"]);
  });
});

describe("what is written by hand", () => {
  it("moves along with what is composed, where both leave each other alone", () => {
    const on = base.join("");
    expect(moveEdit(on, put([5, "hand\n"]), put([2, "A\n"]))).toBe(put([2, "A\n"], [5, "hand\n"]));
    expect(moveEdit(on, put([2, "hand\n"]), put([2, "A\n"]))).toBeUndefined();
    expect(moveEdit(on, put([2, "A\n"]), put([2, "A\n"]))).toBe(put([2, "A\n"]));
    expect(moveEdit("", "hand", "")).toBe("hand");
  });

  it("leaves the other lines their origin", () => {
    const { content, origins } = compose(map, [{ row: "2-3", variation: 0 }]);
    if (content?.kind !== "text") throw new Error("no text");
    const edited = content.text.replace("line 5\n", "hand\nhand too\n");
    expect(originRanges(originsAfter(content.text, origins, edited))).toEqual([
      { start: 3, end: 3, variations: [0] },
      { start: 6, end: 7, variations: [] },
    ]);
  });
});
