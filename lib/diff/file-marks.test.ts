import { describe, expect, it } from "vitest";
import { markFiles } from "./file-marks";

const touched = (files: Record<string, string | null>, newMode = "100644") =>
  Object.entries(files).map(([path, newBlob]) => ({ path, newBlob, newMode: newBlob === null ? null : newMode }));

describe("markFiles", () => {
  it("tells what all, some and only one made of a file", () => {
    const marked = markFiles([
      touched({ same: "1", two: "1", mine: "1", mixed: "1", gone: null }),
      touched({ same: "1", two: "1", mixed: "2", gone: null }),
      touched({ same: "1", mixed: "1", gone: "1" }),
    ]);
    expect(Object.fromEntries(marked.map(({ path, marks, agreement }) => [path, `${marks.join(" ")}: ${agreement}`]))).toEqual({
      same: "all all all: all",
      two: "some some none: some",
      mine: "only none none: only",
      mixed: "some only some: differ",
      gone: "some some only: differ",
    });
  });

  it("takes another mode for another version", () => {
    expect(markFiles([touched({ run: "1" }), touched({ run: "1" }, "100755")])).toEqual([
      { path: "run", marks: ["only", "only"], agreement: "differ" },
    ]);
  });

  it("does not count a variation without a tree as one that left the file alone", () => {
    expect(markFiles([touched({ a: "1" }), touched({ a: "1" }), undefined])).toEqual([
      { path: "a", marks: ["all", "all", "none"], agreement: "all" },
    ]);
  });

  it("sorts files of a folder before its folders, folders together", () => {
    const files = touched({ "src/z.ts": "1", "src/a/b.ts": "1", "README.md": "1", "src/a/a.ts": "1", "docs/x": "1" });
    expect(markFiles([files]).map(({ path }) => path)).toEqual(["README.md", "docs/x", "src/z.ts", "src/a/a.ts", "src/a/b.ts"]);
  });
});
