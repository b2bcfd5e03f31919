import { appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diffQuerySchema } from "@/lib/protocol/trees";
import { createRunTrees, type RunTrees, writeTree } from "../http/run-trees-harness";
import { createDiffService, type DiffService } from "./diff-service";

const lines = (count: number, word = "line"): string => Array.from({ length: count }, (_, n) => `${word} ${n}\n`).join("");
const commitElsewhere = ["1", "2"].map((digit) => digit.repeat(40));

let trees: RunTrees;
let service: DiffService;
let first: string;
let second: string;

const query = (fields: Record<string, unknown>) => diffQuerySchema.parse(fields);
const diff = (to: string, more: Record<string, unknown> = {}) => service.diff(trees.runId, query({ to, ...more }));

beforeAll(async () => {
  trees = await createRunTrees("diffrun0000001", {
    ".gitattributes": "docs/api/** linguist-generated\n",
    "docs/api/x.md": "x\n",
    "package-lock.json": "{}\n",
    "run.sh": "echo\n",
    "becomes-folder": "a file\n",
    "becomes-link": "text\n",
    "moved.ts": lines(40),
    "white.ts": "a b\nc\n",
    "logo.png": Buffer.from([0x89, 0x50, 0, 1]),
    ...Object.fromEntries(Array.from({ length: 510 }, (_, n) => [`many/old-${n}`, lines(3, `${n} old`)])),
  });
  service = createDiffService(trees.writer, trees.store);
  first = await trees.snapshot(0, (tree) => writeTree(tree, "white.ts", "a  b\nc\n"), "tool");
  second = await trees.snapshot(0, (tree) => {
    writeTree(tree, "docs/api/x.md", "y\n");
    writeTree(tree, "package-lock.json", "{ }\n");
    chmodSync(join(tree, "run.sh"), 0o755);
    rmSync(join(tree, "becomes-folder"));
    writeTree(tree, "becomes-folder/inside.txt", "1\n2\n");
    rmSync(join(tree, "becomes-link"));
    symlinkSync("/etc/passwd", join(tree, "becomes-link"));
    renameSync(join(tree, "moved.ts"), join(tree, "there.ts"));
    appendFileSync(join(tree, "there.ts"), "more\n");
    writeTree(tree, "white.ts", "a  b\nc\n");
    writeTree(tree, "logo.png", Buffer.from([0x89, 0x50, 0, 1, 2]));
    writeTree(tree, 'odd "quotes"\tand\nnewlines.txt', "odd\n");
    writeTree(tree, "snow ☃/größe.ts", "x\n");
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/caf`), Buffer.from([0xe9]), Buffer.from(".txt")]), "latin1\n");
    mkdirSync(join(tree, "sub"));
    trees.git(tree, ["update-index", "--add", "--cacheinfo", `160000,${commitElsewhere[0]},sub`]);
  });
}, 120_000);

afterAll(() => trees.dispose());

describe("what differs between two trees", () => {
  it("is told of every kind of change", async () => {
    const { files, totals, renames_complete } = await diff("a");
    const row = (path: string) => files.find((file) => file.path === path);
    expect(files.map(({ path, status, added, deleted }) => [path, status, added, deleted])).toEqual([
      ["becomes-folder", "deleted", 0, 1],
      ["becomes-folder/inside.txt", "added", 2, 0],
      ["becomes-link", "modified", 1, 1],
      ["caf\\xe9.txt", "added", 1, 0],
      ["docs/api/x.md", "modified", 1, 1],
      ["logo.png", "modified", 0, 0],
      ['odd "quotes"\tand\nnewlines.txt', "added", 1, 0],
      ["package-lock.json", "modified", 1, 1],
      ["run.sh", "modified", 0, 0],
      ["snow ☃/größe.ts", "added", 1, 0],
      ["sub", "added", 0, 0],
      ["there.ts", "renamed", 1, 0],
      ["white.ts", "modified", 1, 1],
    ]);
    expect(totals).toEqual({ files: 13, added: 10, deleted: 5 });
    expect(renames_complete).toBe(true);
    expect(row("becomes-link")).toMatchObject({ old_mode: "100644", new_mode: "120000" });
    expect(row("run.sh")).toMatchObject({ old_mode: "100644", new_mode: "100755", old_blob: row("run.sh")?.new_blob });
    expect(row("sub")).toMatchObject({ new_mode: "160000", new_blob: commitElsewhere[0], old_blob: null });
    expect(row("there.ts")).toMatchObject({ old_path: "moved.ts" });
    expect(row("logo.png")).toMatchObject({ binary: true, old_size: 4, new_size: 5, too_large: false });
    expect(row("caf\\xe9.txt")?.path_bytes).toBe(Buffer.from("caf\xe9.txt", "latin1").toString("base64"));
    expect(row("snow ☃/größe.ts")?.path_bytes).toBeNull();
    expect(files.flatMap(({ path, generated }) => (generated === null ? [] : [[path, generated]]))).toEqual([
      ["docs/api/x.md", "attribute"],
      ["package-lock.json", "lock_file"],
    ]);
  });

  it("is compared between any two: snapshots, turns, variations, commits", async () => {
    expect((await diff("a@1")).to_commit).toBe(first);
    expect((await diff("a@turn-1")).to_commit).toBe(second);
    expect((await diff(second, { from: first })).files).toHaveLength(12);
    expect((await diff("base", { from: "a" })).totals).toEqual({ files: 13, added: 5, deleted: 10 });
    expect((await diff("b")).files).toEqual([]);
  });

  it("does not count white space when asked not to", async () => {
    const { files } = await diff("a@1", { ignore_whitespace: "1" });
    expect(files.map(({ path, added, deleted }) => [path, added, deleted])).toEqual([["white.ts", 0, 0]]);
    expect((await diff("a@1")).files[0]).toMatchObject({ added: 1, deleted: 1 });
    expect((await diff("a", { ignore_whitespace: "1" })).totals).toEqual({ files: 13, added: 8, deleted: 3 });
  });

  it("comes page by page, with the totals of all", async () => {
    const all = await diff("a");
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await diff("a", { limit: 5, cursor });
      expect(page.totals).toEqual(all.totals);
      seen.push(...page.files.map(({ path }) => path));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(all.files.map(({ path }) => path));
  });

  it.each([
    ["f", "no variation f"],
    ["a@9", "no snapshot 9"],
    ["b@1", "no snapshot 1"],
    ["a@turn-2", "no ended turn 2"],
    ["1".repeat(40), "no commit 111111111111"],
  ])("is not there for %s", async (to, message) => {
    await expect(service.diff(trees.runId, { ...query({ to: "a" }), to })).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining(message),
      fields: [{ field: "to" }],
    });
  });

  it.each(["A", "a@0", "a@-1", "a@turn-", "HEAD", "main", "--all", "a@1;ls", "1234567"])("is refused for the side %j", (to) => {
    expect(diffQuerySchema.safeParse({ to }).success).toBe(false);
  });
});

describe("what is not of this run", () => {
  it("is not there, although the repository can read it", async () => {
    const { commit, blob } = trees.foreign;
    // It can: through its alternates.
    expect(trees.git(trees.store.runRepository(trees.runId), ["cat-file", "-t", commit])).toBe("commit");
    await expect(diff(commit)).rejects.toMatchObject({ code: "not_found" });
    await expect(service.files(trees.runId, commit)).rejects.toMatchObject({ code: "not_found" });
    await expect(service.blob(trees.runId, blob)).rejects.toMatchObject({ code: "not_found" });
    await expect(service.streamBlob(trees.runId, blob)).rejects.toMatchObject({ code: "not_found" });
    await expect(service.diff("nosuchrun00000", query({ to: "a" }))).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("what each variation changed", () => {
  it("is one list of paths, page by page", async () => {
    await trees.snapshot(1, (tree) => writeTree(tree, "white.ts", "other\n"));
    const changes = await service.changes(trees.runId, { limit: 1_000 });
    expect(changes.variations.map(({ commit, totals }) => [commit === null, totals.files])).toEqual([
      [false, 13],
      [false, 1],
      [true, 0],
    ]);
    expect(changes.total).toBe(13);
    const white = changes.files.find(({ path }) => path === "white.ts");
    expect(white?.variations).toMatchObject([
      { status: "modified", added: 1, deleted: 1 },
      { status: "modified", added: 1, deleted: 2 },
      null,
    ]);
    expect(white?.variations[0]?.new_blob).not.toBe(white?.variations[1]?.new_blob);
    expect(changes.files.find(({ path }) => path === "package-lock.json")?.generated).toBe("lock_file");
    const page = await service.changes(trees.runId, { limit: 3 });
    expect([page.files.length, page.total]).toEqual([3, 13]);
    await trees.snapshot(1, (tree) => writeTree(tree, "white.ts", "moved on\n"));
    const next = service.changes(trees.runId, { limit: 3, cursor: page.next_cursor ?? "" });
    await expect(next).rejects.toMatchObject({ code: "conflict", fields: [{ field: "cursor" }] });
    await expect(service.changes(trees.runId, { limit: 3, cursor: "x" })).rejects.toMatchObject({ code: "bad_request" });
  });
});

describe("a file at a side", () => {
  it("comes in one call; a link is where it points to, and is not followed", async () => {
    const file = (at: string, path: string) => service.file(trees.runId, at, path);
    expect(await file("a", "becomes-folder/inside.txt")).toMatchObject({ text: "1\n2\n", mode: "100644", binary: false, truncated: false });
    expect(await file("base", "becomes-folder")).toMatchObject({ text: "a file\n" });
    expect(await file("a@1", "white.ts")).toMatchObject({ text: "a  b\nc\n" });
    expect(await file("a", "becomes-link")).toMatchObject({ text: "/etc/passwd", mode: "120000" });
    expect(await file("a", 'odd "quotes"\tand\nnewlines.txt')).toMatchObject({ text: "odd\n" });
    expect(await file("a", "logo.png")).toMatchObject({ binary: true, size: 5, text: null });
    for (const path of [
      "nowhere",
      "../../etc/passwd",
      "/etc/passwd",
      "a/../run.sh",
      "*.sh",
      ":(top)run.sh",
      "becomes-folder",
      "sub",
      "x\0y",
    ]) {
      await expect(file("a", path)).rejects.toMatchObject({ code: "not_found", fields: [{ field: "path" }] });
    }
  });
});

describe("size", () => {
  it("of 510 files that go where 510 others come: only identical ones are paired, and that is said", async () => {
    await trees.snapshot(2, (tree) => {
      for (let n = 0; n < 510; n += 1) {
        rmSync(join(tree, `many/old-${n}`));
        writeTree(tree, `many/new-${n}`, n === 0 ? lines(3, "0 old") : `${n * 7}\n`);
      }
    });
    const answer = await diff("c");
    expect(answer.renames_complete).toBe(false);
    expect(answer.files.filter(({ status }) => status === "renamed").map(({ old_path, path }) => [old_path, path])).toEqual([
      ["many/old-0", "many/new-0"],
    ]);
  });

  it("of large files that moved: only identical ones are paired, and that is said", async () => {
    const text = (last: string): string => `${"0123456789abcde\n".repeat(3_000_000)}${last}`;
    const before = await trees.snapshot(2, (tree) => {
      writeTree(tree, "large-1", text("one"));
      writeTree(tree, "large-2", text("two"));
    });
    const after = await trees.snapshot(2, (tree) => {
      writeTree(tree, "moved-1", text("one"));
      writeTree(tree, "moved-2", text("not two"));
    });
    const answer = await diff(after, { from: before });
    expect(answer.renames_complete).toBe(false);
    expect(answer.files.map(({ path, status }) => [path, status])).toEqual([
      ["large-2", "deleted"],
      ["moved-1", "renamed"],
      ["moved-2", "added"],
    ]);
  }, 120_000);

  it("of 100 MB takes no memory to speak of: compared by id, read in part", async () => {
    const row = "0123456789abcde\n";
    await trees.snapshot(2, (tree) => writeTree(tree, "big.txt", row.repeat((100 * 1024 * 1024) / 16)));
    const before = process.memoryUsage().rss;
    const { files } = await diff("c");
    expect(files).toMatchObject([{ path: "big.txt", too_large: true, binary: true, added: 0, new_size: 104_857_600 }]);
    const content = await service.file(trees.runId, "c", "big.txt");
    expect([content.truncated, content.size, content.binary, content.text?.length]).toEqual([true, 104_857_600, false, 5 * 1024 * 1024]);
    expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
  }, 120_000);
});
