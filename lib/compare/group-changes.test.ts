import { describe, expect, it } from "vitest";
import type { ChangesResponse } from "../protocol/trees";
import { groupChanges } from "./group-changes";

type Change = NonNullable<ChangesResponse["files"][number]["variations"][number]>;

const totals = { files: 0, added: 0, deleted: 0 };
const variation = (commit: string | null): ChangesResponse["variations"][number] => ({ commit, totals, renames_complete: true });
const change = (status: Change["status"], blob: string | null, rest: Partial<Change> = {}): Change => ({
  status,
  old_path: null,
  new_blob: blob,
  new_mode: blob === null ? null : "100644",
  added: 1,
  deleted: 0,
  binary: false,
  ...rest,
});
const row = (path: string, ...variations: (Change | null)[]) => ({ path, generated: null, variations });

describe("groupChanges", () => {
  it("puts a rename, an edit and a deletion of one file together", () => {
    const files = groupChanges(
      [variation("1"), variation("2"), variation("3"), variation(null)],
      [
        row("new.ts", change("renamed", "b1", { old_path: "old.ts" }), null, null, null),
        row("old.ts", null, change("modified", "b2", { new_mode: "100755" }), change("deleted", null), null),
      ],
    );
    expect(files).toEqual([
      {
        path: "old.ts",
        inBase: true,
        variations: [
          { kind: "blob", blob: "b1", lines: true, path: "new.ts", mode: "100644" },
          { kind: "blob", blob: "b2", lines: true, path: undefined, mode: "100755" },
          { kind: "deleted" },
          { kind: "unknown" },
        ],
      },
    ]);
  });

  it("knows new files, and what has no lines", () => {
    const files = groupChanges(
      [variation("1"), variation("2")],
      [
        row("n.png", change("added", "b1", { binary: true }), null),
        row("link", change("added", "b2", { new_mode: "120000" }), change("added", "b3")),
      ],
    );
    expect(files.map(({ path, inBase }) => [path, inBase])).toEqual([
      ["n.png", false],
      ["link", false],
    ]);
    expect(
      files.flatMap(({ variations }) => variations.map((version) => (version.kind === "blob" ? version.lines : version.kind))),
    ).toEqual([false, "untouched", false, true]);
  });
});
