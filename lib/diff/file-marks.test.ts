import { describe, expect, it } from "vitest";
import { markFiles } from "./file-marks";

const touched = (files: Record<string, string | null>) => Object.entries(files).map(([path, newBlob]) => ({ path, newBlob }));

describe("markFiles", () => {
  it("tells all, some, only one and conflict apart", () => {
    const marked = markFiles([
      touched({ same: "1", two: "1", mine: "1", fight: "1", gone: null }),
      touched({ same: "1", two: "1", fight: "2", gone: null }),
      touched({ same: "1", fight: "1", gone: "1" }),
    ]);
    expect(Object.fromEntries(marked.map(({ path, marks }) => [path, marks.join(" ")]))).toEqual({
      same: "all all all",
      two: "some some none",
      mine: "only none none",
      fight: "conflict conflict conflict",
      gone: "conflict conflict conflict",
    });
  });

  it("does not count a variation without a tree as one that left the file alone", () => {
    expect(markFiles([touched({ a: "1" }), touched({ a: "1" }), undefined])).toEqual([{ path: "a", marks: ["all", "all", "none"] }]);
  });

  it("sorts files of a folder before its folders, folders together", () => {
    const files = touched({ "src/z.ts": "1", "src/a/b.ts": "1", "README.md": "1", "src/a/a.ts": "1", "docs/x": "1" });
    expect(markFiles([files]).map(({ path }) => path)).toEqual(["README.md", "docs/x", "src/z.ts", "src/a/a.ts", "src/a/b.ts"]);
  });
});
