import { describe, expect, it } from "vitest";
import type { MapFileRow } from "../protocol/map";
import type { FileDiffRow } from "../protocol/trees";
import {
  clashWords,
  divergingFiles,
  filesInOrder,
  filterFiles,
  GENERATED_GROUP,
  groupOf,
  joinFiles,
  pathClashes,
  type TreeFile,
  type TreeSource,
  treeRows,
  typeAhead,
} from "./file-tree";

const row = (path: string, part: Partial<FileDiffRow> = {}): FileDiffRow => ({
  path,
  path_bytes: null,
  old_path: null,
  status: "modified",
  old_blob: "1",
  new_blob: "2",
  old_mode: "100644",
  new_mode: "100644",
  added: 1,
  deleted: 1,
  binary: false,
  too_large: false,
  old_size: null,
  new_size: null,
  generated: null,
  ...part,
});
const file = (path: string, part: Partial<TreeFile> = {}): TreeFile => ({
  path,
  marks: ["only"],
  mark: "only",
  hunks: 1,
  held: ["only"],
  row: row(path),
  generated: null,
  ...part,
});
const drawn = (files: TreeFile[], closed: string[] = [], generatedOpen = false) =>
  treeRows(files, new Set(closed), generatedOpen).map((one) =>
    one.kind === "group" ? `${one.open ? "▾" : "▸"} ${one.label} ${one.count}` : `${"  ".repeat(one.level - 1)}${one.file.path}`,
  );

const ONE = { all: 0, some: 0, only: 1, conflict: 0 };
const mapped = (path: string, part: Partial<MapFileRow> = {}): MapFileRow => ({
  path,
  in_base: true,
  generated: null,
  paths: [null, null],
  mark: { exact: "only", space: "only", imports: "only" },
  marks: { exact: ["only", "none"], space: ["only", "none"], imports: ["only", "none"] },
  rows: { exact: ONE, space: ONE, imports: ONE },
  ...part,
});
const source = (part: Partial<TreeSource>): TreeSource => ({
  mapped: undefined,
  outdated: false,
  likeness: "exact",
  shown: [],
  variations: 2,
  changedBy: undefined,
  ...part,
});
const seen = (part: Partial<TreeSource>) =>
  joinFiles(source(part)).map(({ path, marks, row: shown }) => [path, marks.join(" "), shown !== undefined]);

describe("joinFiles", () => {
  it("holds what variations changed and what differs between the sides, in order of the tree", () => {
    expect(seen({ mapped: [mapped("src/a.ts"), mapped("src/c.ts")], shown: [row("src/b.ts"), row("README.md"), row("src/a.ts")] })).toEqual(
      [
        ["README.md", "none none", true],
        ["src/a.ts", "only none", true],
        ["src/b.ts", "none none", true],
        ["src/c.ts", "only none", false],
      ],
    );
  });

  it("knows who changed what is shown before the map is there, and not yet who else did", () => {
    expect(seen({ shown: [row("a")], changedBy: 1 })).toEqual([["a", "unknown changed", true]]);
    expect(seen({ mapped: [mapped("b")], outdated: true, shown: [row("a")], changedBy: 1 })).toEqual([
      ["a", "unknown changed", true],
      ["b", "only none", false],
    ]);
  });

  it("takes a moved file for one, by its name on the right side", () => {
    const files = [mapped("old.ts", { paths: [null, "new.ts"] })];
    expect(seen({ mapped: files, shown: [row("new.ts", { old_path: "old.ts", status: "renamed" })] })).toEqual([
      ["new.ts", "only none", true],
    ]);
    expect(seen({ mapped: files, shown: [row("new.ts")] })).toEqual([["new.ts", "only none", true]]);
    expect(seen({ mapped: files, shown: [row("old.ts")] })).toEqual([["old.ts", "only none", true]]);
  });

  it("has the marks of what counts as the same, and leaves out on demand what all agree on", () => {
    const file = mapped("a", {
      mark: { exact: "conflict", space: "all", imports: "all" },
      marks: { exact: ["conflict", "conflict"], space: ["all", "all"], imports: ["all", "all"] },
    });
    const [exact, space] = (["exact", "space"] as const).map((likeness) => joinFiles(source({ mapped: [file], likeness })));
    expect(divergingFiles(exact ?? [])).toHaveLength(1);
    expect(divergingFiles(space ?? [])).toEqual([]);
    expect(divergingFiles(joinFiles(source({ shown: [row("a")] })))).toHaveLength(1);
  });
});

describe("a path that several files came to", () => {
  const files = [
    mapped("new.ts", { in_base: false }),
    mapped("old.ts", { paths: [null, "new.ts"], marks: { exact: ["none", "only"], space: ["none", "only"], imports: ["none", "only"] } }),
  ];

  it("is one file in conflict, whichever side is shown", () => {
    const added = joinFiles(source({ mapped: files, shown: [row("new.ts", { status: "added" })] }));
    expect(added.map(({ path, mark, marks }) => [path, mark, marks])).toEqual([
      ["new.ts", "conflict", ["conflict", "conflict"]],
      ["old.ts", "only", ["none", "only"]],
    ]);
    const moved = joinFiles(source({ mapped: files, shown: [row("new.ts", { status: "renamed", old_path: "old.ts" })] }));
    expect(moved.map(({ path, marks, origin }) => [path, marks, origin])).toEqual([["new.ts", ["conflict", "conflict"], "old.ts"]]);
  });

  it("says who did what", () => {
    const clash = pathClashes(files).get("new.ts");
    expect(clash && clashWords(clash)).toBe("A adds it, B moves old.ts here: only one of them can be taken.");
    expect(pathClashes([mapped("new.ts"), mapped("old.ts", { paths: [null, "new.ts"] })]).size).toBe(0);
  });
});

describe("treeRows", () => {
  const files = [
    file("README.md"),
    file("src/index.ts"),
    file("src/http/client.ts"),
    file("src/http/retry.ts"),
    file("package-lock.json", { generated: "lock_file" }),
  ];

  it("has a group per folder with files, and folds what is generated away", () => {
    expect(drawn(files)).toEqual([
      "README.md",
      "▾ src 1",
      "  src/index.ts",
      "▾ src/http 2",
      "  src/http/client.ts",
      "  src/http/retry.ts",
      "▸ Generated 1",
    ]);
  });

  it("folds and unfolds", () => {
    expect(drawn(files, ["folder:src/http"], true)).toEqual([
      "README.md",
      "▾ src 1",
      "  src/index.ts",
      "▸ src/http 2",
      "▾ Generated 1",
      "  package-lock.json",
    ]);
  });

  it("names the group of a file", () => {
    expect(["a", "b/c/d"].map((path) => groupOf({ path, generated: null }))).toEqual([undefined, "folder:b/c"]);
    expect(groupOf({ path: "b/c", generated: "vendored" })).toBe(GENERATED_GROUP);
  });
});

describe("filterFiles", () => {
  const files = [
    file("src/Retry.ts", { mark: "conflict", held: ["all", "conflict"] }),
    file("test/retry.test.ts"),
    file("src/new.ts", { row: row("src/new.ts", { old_path: "src/old-retry.ts" }) }),
  ];
  const paths = (text: string, mark?: TreeFile["mark"]) => filterFiles(files, { text, mark }).map(({ path }) => path);

  it("finds all words in any order, whatever their case, in the old path too", () => {
    expect(paths("RETRY test")).toEqual(["test/retry.test.ts"]);
    expect(paths("retry")).toHaveLength(3);
    expect(paths("nothing")).toEqual([]);
  });

  it("keeps what has a row of the mark, also where another row is worse", () => {
    expect(paths("", "all")).toEqual(["src/Retry.ts"]);
    expect(paths("", "conflict")).toEqual(["src/Retry.ts"]);
    const rows = { all: 0, some: 0, only: 1, conflict: 1 };
    const mixed = mapped("a.ts", {
      mark: { exact: "conflict", space: "conflict", imports: "conflict" },
      rows: { exact: rows, space: rows, imports: ONE },
    });
    const kept = (likeness: TreeSource["likeness"], mark: TreeFile["mark"]) =>
      filterFiles(joinFiles(source({ mapped: [mixed], likeness })), { text: "", mark }).length;
    expect([kept("exact", "only"), kept("exact", "conflict"), kept("imports", "conflict"), kept("exact", "some")]).toEqual([1, 1, 0, 0]);
  });
});

describe("filesInOrder", () => {
  it("leaves out what is the same and puts generated files last", () => {
    expect(filesInOrder([file("a", { generated: "vendored" }), file("b", { row: undefined }), file("c")])).toEqual(["c", "a"]);
  });
});

describe("typeAhead", () => {
  const rows = treeRows([file("alpha.ts"), file("beta.ts"), file("bravo.ts")], new Set(), false);

  it("goes to the next name with that letter, around the end", () => {
    expect(typeAhead(rows, 1, "b")).toBe(2);
    expect(typeAhead(rows, 2, "b")).toBe(1);
    expect(typeAhead(rows, 2, "A")).toBe(0);
    expect(typeAhead(rows, 0, "x")).toBeUndefined();
  });

  it("stays on a name that has more of the letters", () => {
    expect(typeAhead(rows, 2, "br")).toBe(2);
  });
});
