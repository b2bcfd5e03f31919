import { describe, expect, it } from "vitest";
import { groupChanges, type TreeChange } from "./group-changes";

const change = (path: string, status: TreeChange["status"], rest: Partial<TreeChange> = {}): TreeChange => ({
  path,
  status,
  ...(status === "added" ? {} : { oldBlob: "b0", oldMode: "100644" }),
  ...(status === "deleted" ? {} : { newBlob: "b1", newMode: "100644" }),
  ...rest,
});

describe("groupChanges", () => {
  it("puts a rename, an edit and a deletion of one file together", () => {
    const files = groupChanges([
      [change("new.ts", "renamed", { oldPath: "old.ts" })],
      [change("old.ts", "modified", { newBlob: "b2", newMode: "100755" })],
      [change("old.ts", "deleted")],
      undefined,
    ]);
    expect(files).toEqual([
      {
        path: "old.ts",
        base: { blob: "b0", mode: "100644", lines: true },
        variations: [
          { kind: "blob", blob: "b1", lines: true, path: "new.ts", mode: "100644" },
          { kind: "blob", blob: "b2", lines: true, path: undefined, mode: "100755" },
          { kind: "deleted" },
          { kind: "unknown" },
        ],
      },
    ]);
  });

  it("knows new files, and what has no lines; in order of paths", () => {
    const files = groupChanges([
      [change("sub", "added", { newMode: "160000" }), change("link", "added", { newMode: "120000" })],
      [change("link", "added")],
    ]);
    expect(files.map(({ path, base }) => [path, base])).toEqual([
      ["link", null],
      ["sub", null],
    ]);
    expect(
      files.flatMap(({ variations }) => variations.map((version) => (version.kind === "blob" ? version.lines : version.kind))),
    ).toEqual([false, true, false, "untouched"]);
  });
});
