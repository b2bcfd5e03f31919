import { describe, expect, it } from "vitest";
import type { FileDiffRow } from "../protocol/trees";
import { formatViewed, MAX_VIEWED, markViewed, parseViewed, viewedKey, viewedProgress } from "./viewed-files";

const [one, two] = ["1".repeat(40), "2".repeat(40)];
const row = { path: "a", old_blob: one, new_blob: two, old_mode: "100644", new_mode: "100644" };

describe("viewedKey", () => {
  it("changes with the path, either content and either mode", () => {
    const others = [
      { ...row, path: "b" },
      { ...row, old_blob: two },
      { ...row, new_blob: null, new_mode: null },
      { ...row, new_mode: "100755" },
    ];
    expect(new Set([row, ...others].map(viewedKey)).size).toBe(5);
    expect(viewedKey({ ...row })).toBe(viewedKey(row));
  });
});

describe("kept marks", () => {
  it("are read as they were written, the newest of too many", () => {
    const many = new Set(Array.from({ length: MAX_VIEWED + 2 }, (_, at) => String(at)));
    const read = parseViewed(formatViewed(many));
    expect(read.size).toBe(MAX_VIEWED);
    expect(read.has("1")).toBe(false);
    expect(read.has(String(MAX_VIEWED + 1))).toBe(true);
  });

  it("are none where somebody else wrote", () => {
    for (const text of [null, "", "{", "{}", "7"]) expect(parseViewed(text).size, String(text)).toBe(0);
    expect([...parseViewed('["a", 3]')]).toEqual(["a"]);
  });

  it("are set anew as the newest, and taken away", () => {
    expect([...markViewed(new Set(["a", "b"]), "a", true)]).toEqual(["b", "a"]);
    expect([...markViewed(new Set(["a", "b"]), "a", false)]).toEqual(["b"]);
  });
});

describe("viewedProgress", () => {
  it("counts what people are to read", () => {
    const rows = [row, { ...row, path: "b" }, { ...row, path: "lock", generated: "lock_file" }].map(
      (part) => ({ generated: null, ...part }) as FileDiffRow,
    );
    expect(viewedProgress(rows, new Set([viewedKey(row)]))).toEqual({ viewed: 1, total: 2 });
  });
});
