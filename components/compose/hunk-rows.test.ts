import { describe, expect, it } from "vitest";
import type { Choice } from "@/lib/compare/compose";
import { mapFile } from "@/lib/compare/map-file";
import { outlineFile } from "@/lib/compare/outline";
import { choicesFrom } from "@/lib/compare/ticks";
import { type HunkPlace, hunkRows, itemsIn, placeAfter } from "./hunk-rows";

const lines = (edits: Record<number, string> = {}): string => Array.from({ length: 9 }, (_, at) => edits[at] ?? `line ${at}\n`).join("");
const file = (path: string) =>
  outlineFile(
    mapFile({
      path,
      base: { kind: "text", text: lines() },
      variations: [
        { kind: "text", text: lines({ 2: "A\n", 6: "same\n" }) },
        { kind: "text", text: lines({ 2: "B\n", 6: "same\n" }) },
      ],
    }),
  );
const files = [file("a.ts"), file("b.ts")];
const none: readonly Choice[] = [];
const fromA = files.map((one) => choicesFrom(one, 0));
const choicesOf = (one: (typeof files)[number]): readonly Choice[] => (one === files[0] ? (fromA[0] ?? none) : none);
const rows = hunkRows(files, choicesOf);

describe("the rows of the list", () => {
  it("are a file, its hunks, and below a hunk what it would replace", () => {
    expect(rows.map(({ kind }) => kind)).toEqual(["file", "hunk", "hunk", "warning", "hunk", "file", "hunk", "hunk", "hunk"]);
    expect(rows.flatMap((row) => (row.kind === "hunk" ? [`${row.at + 1}/${row.count}`] : []))).toEqual([
      "1/3",
      "2/3",
      "3/3",
      "1/3",
      "2/3",
      "3/3",
    ]);
    expect(rows.map(itemsIn)).toEqual([4, 1, 1, 0, 1, 4, 1, 1, 1]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  it("of a file that was made by hand have a name to open, and nothing to tick", () => {
    const own = { path: "own.md", inBase: false, mark: "none" as const, rows: [] };
    expect(hunkRows([own], () => none).map(itemsIn)).toEqual([1]);
  });

  it("of a file stay the same while nothing in it is ticked", () => {
    const again = hunkRows(files, (one) => (one === files[0] ? none : choicesOf(one)));
    expect(again.at(-1)).toBe(rows.at(-1));
    expect(again[1]).not.toBe(rows[1]);
  });
});

describe("walking the list", () => {
  it("goes through everything that can be focused, forth and back, and stops at its ends", () => {
    const forth: HunkPlace[] = [{ index: 0, item: 0 }];
    for (let step = 0; step < 20; step += 1)
      forth.push(placeAfter(rows, forth.at(-1) ?? { index: 0, item: 0 }, "ArrowDown") ?? { index: -1, item: 0 });
    const places = forth.map(({ index, item }) => `${index}:${item}`);
    expect(places.slice(0, 8)).toEqual(["0:0", "0:1", "0:2", "0:3", "1:0", "2:0", "4:0", "5:0"]);
    expect(new Set(places.slice(13))).toEqual(new Set(["8:0"]));
    expect(placeAfter(rows, { index: 4, item: 0 }, "ArrowUp")).toEqual({ index: 2, item: 0 });
    expect(placeAfter(rows, { index: 1, item: 0 }, "ArrowUp")).toEqual({ index: 0, item: 3 });
    expect(placeAfter(rows, { index: 0, item: 0 }, "ArrowUp")).toEqual({ index: 0, item: 0 });
  });

  it("jumps to its ends and by pages, and leaves other keys alone", () => {
    expect(placeAfter(rows, { index: 2, item: 0 }, "Home")).toEqual({ index: 0, item: 0 });
    expect(placeAfter(rows, { index: 2, item: 0 }, "End")).toEqual({ index: 8, item: 0 });
    expect(placeAfter(rows, { index: 2, item: 0 }, "PageDown")).toEqual({ index: 8, item: 0 });
    expect(placeAfter(rows, { index: 8, item: 0 }, "PageUp")).toEqual({ index: 0, item: 0 });
    expect(placeAfter(rows, { index: 2, item: 0 }, " ")).toBeUndefined();
  });
});
