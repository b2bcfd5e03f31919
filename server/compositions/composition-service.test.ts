import { appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ChangeCompositionRequest,
  changeCompositionSchema,
  composedFileSchema,
  compositionSchema,
  hunksResponseSchema,
} from "@/lib/protocol/compositions";
import { createMapService } from "../compare/map-service";
import { createMapThread } from "../compare/map-thread";
import { createRunTrees, type RunTrees, writeTree } from "../http/run-trees-harness";
import { createRunRemote } from "../runs/run-remote";
import { type CompositionService, createCompositionService } from "./composition-service";

const lines = (count: number): string[] => Array.from({ length: count }, (_, n) => `line ${n}\n`);
const text = (edits: Record<number, string> = {}, count = 30): string =>
  lines(count)
    .map((line, at) => edits[at] ?? line)
    .join("");

let trees: RunTrees;
let service: CompositionService;

const { parse } = changeCompositionSchema;
const change = (number: number, order: ChangeCompositionRequest) => service.change(trees.runId, number, parse(order), "you");
const create = (from: number | null = null, key?: string) => service.create(trees.runId, { from }, "you", key);
const inRun = (...args: string[]): string => trees.git(trees.store.runRepository(trees.runId), args);
const treeOf = (commit: string): string => inRun("rev-parse", `${commit}^{tree}`);
const content = (commit: string, path: string): string => `${inRun("show", `${commit}:${path}`)}\n`;
const commitOf = async (variation: number) => (await trees.writer.state(trees.runId))?.variations[variation]?.snapshot?.commit ?? "";

beforeAll(async () => {
  trees = await createRunTrees("composerun0001", {
    "src/retry.ts": text(),
    "src/crlf.txt": text().replaceAll("\n", "\r\n"),
    "moved.ts": text(),
    "gone.ts": "gone\n",
    "run.sh": "echo\n",
    "logo.png": Buffer.from([0x89, 0x50, 0, 1]),
    "latin.txt": Buffer.from("caf\xe9\n", "latin1"),
    "link.txt": "becomes a link\n",
    "folder.txt": "becomes a folder\n",
    "no-newline.txt": "a\nb",
    "untouched.ts": text(),
  });
  service = createCompositionService(trees.writer, serviceTools(), Date.now);
  await trees.snapshot(0, (tree) => {
    writeTree(tree, "src/retry.ts", text({ 5: "A five\n", 20: "A twenty\nA more\n" }));
    writeTree(tree, "src/crlf.txt", text({ 3: "A three\n" }).replaceAll("\n", "\r\n"));
    renameSync(join(tree, "moved.ts"), join(tree, "there.ts"));
    rmSync(join(tree, "gone.ts"));
    chmodSync(join(tree, "run.sh"), 0o755);
    writeTree(tree, "logo.png", Buffer.from([0x89, 0x50, 0, 2]));
    writeTree(tree, "latin.txt", Buffer.from("caf\xe8\n", "latin1"));
    rmSync(join(tree, "link.txt"));
    symlinkSync("/etc/passwd", join(tree, "link.txt"));
    rmSync(join(tree, "folder.txt"));
    writeTree(tree, "folder.txt/inside.txt", "1\n");
    writeTree(tree, "new.ts", "new by A\n");
    writeTree(tree, 'odd "quotes"\tand\nnewlines.txt', "odd\n");
    writeTree(tree, "no-newline.txt", "a\nb\n");
    mkdirSync(join(tree, "sub"));
    trees.git(tree, ["update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},sub`]);
  });
  await trees.snapshot(1, (tree) => {
    writeTree(tree, "src/retry.ts", text({ 5: "B five\n", 12: "B twelve\n" }));
    appendFileSync(join(tree, "moved.ts"), "B at the end\n");
    writeTree(tree, "gone.ts", "still here\n");
    writeTree(tree, "logo.png", Buffer.from([0x89, 0x50, 0, 3]));
    writeTree(tree, "new.ts", "new by B\n");
    writeTree(tree, "there.ts", "B has this name, too\n");
  });
}, 120_000);

function serviceTools() {
  return { git: trees.store, maps: createMapService(trees.writer, trees.store, createMapThread(undefined)) };
}

afterAll(() => trees.dispose());

/** The row and cluster of what a variation says at a base line. */
async function tick(number: number, path: string, variation: number, line: number) {
  const { files } = await service.hunks(trees.runId, number);
  const row = files
    .find((file) => file.path === path)
    ?.rows.find(({ kind, start, end }) => kind === "lines" && start <= line && line < end);
  const cluster = row?.clusters.find(({ variations }) => variations.includes(variation));
  return { row: row?.id ?? "", cluster: cluster?.id ?? "" };
}

describe("a composition", () => {
  it("of nothing is the base, of a variation its tree, byte for byte", async () => {
    const nothing = await create();
    expect(compositionSchema.parse(nothing)).toEqual(nothing);
    expect(nothing).toMatchObject({ tree: treeOf(trees.base), variations: [], totals: { files: 0 } });
    for (const variation of [0, 1]) {
      const whole = await create(variation);
      expect(whole.tree).toBe(treeOf(await commitOf(variation)));
      expect(whole.variations).toEqual([variation]);
    }
  });

  it("of every hunk of a variation is its tree as well, and of none of them the base", async () => {
    const { number } = await create();
    const { files } = await service.hunks(trees.runId, number);
    for (const [variation, take] of [
      [0, "a"],
      [1, "b"],
    ] as const) {
      const { version } = await service.get(trees.runId, number);
      const changed = await change(number, { version, files: files.map(({ path }) => ({ path, take })) });
      expect(changed.tree).toBe(treeOf(await commitOf(variation)));
      expect(changed.variations).toEqual([variation]);
    }
    const { version } = await service.get(trees.runId, number);
    expect((await change(number, { version, files: files.map(({ path }) => ({ path, take: "base" })) })).tree).toBe(treeOf(trees.base));
  });

  it("takes hunks of both, and says of each line where it is from", async () => {
    const { number } = await create(0);
    const path = "src/retry.ts";
    const choices = [await tick(number, path, 1, 12), await tick(number, path, 0, 20)];
    const { commit, version, variations, lines: counted } = await change(number, { version: 1, files: [{ path, choices }] });
    expect(content(commit, path)).toBe(text({ 12: "B twelve\n", 20: "A twenty\nA more\n" }));
    expect(content(commit, "new.ts")).toBe("new by A\n");
    expect([version, variations, counted[1]]).toEqual([2, [0, 1], 1]);
    const file = await service.file(trees.runId, number, path);
    expect(composedFileSchema.parse(file)).toEqual(file);
    expect(file.origins).toEqual([
      { start: 13, end: 13, variations: [1] },
      { start: 21, end: 22, variations: [0] },
    ]);
    const trailers = inRun("log", "-1", "--format=%(trailers:key=Composed-from,valueonly)", commit).split("\n");
    expect(trailers).toEqual(expect.arrayContaining(["B src/retry.ts:13", "A src/retry.ts:21-22", "A new.ts"]));
    expect(trailers.some((line) => line.includes("quotes"))).toBe(true);
    expect(inRun("log", "-1", "--format=%P", commit)).toBe(trees.base);
  });

  it("refuses what excludes each other, and says what; nothing of it is recorded", async () => {
    const { number } = await create();
    const path = "src/retry.ts";
    const choices = [await tick(number, path, 0, 5), await tick(number, path, 1, 5)];
    const refused = change(number, { version: 1, files: [{ path, choices }] });
    await expect(refused).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/B \(lines 6–6\) cannot be taken beside A/),
    });
    await expect(change(number, { version: 1, files: [{ path, choices: [{ row: "1-2", cluster: "x" }] }] })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(change(number, { version: 1, files: [{ path: "nowhere.ts", take: "a" }] })).rejects.toMatchObject({ code: "not_found" });
    await expect(change(number, { version: 1, files: [{ path: "../x", take: "a" }] })).rejects.toMatchObject({ code: "not_found" });
    expect((await service.get(trees.runId, number)).version).toBe(1);
  });

  it("refuses two files of one path, and a file in a file's place", async () => {
    const { number } = await create();
    const twice = change(number, {
      version: 1,
      files: [
        { path: "moved.ts", take: "a" },
        { path: "there.ts", take: "b" },
      ],
    });
    await expect(twice).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("there.ts") });
    const nested = change(number, { version: 1, files: [{ path: "folder.txt/inside.txt", take: "a" }] });
    await expect(nested).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("folder.txt") });
    const both = await change(number, {
      version: 1,
      files: [
        { path: "folder.txt/inside.txt", take: "a" },
        { path: "folder.txt", take: "a" },
      ],
    });
    expect(content(both.commit, "folder.txt/inside.txt")).toBe("1\n");
    const half = change(number, { version: 2, files: [{ path: "link.txt", choices: [{ row: "mode", variation: 0 }] }] });
    await expect(half).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("link") });
  });

  it("moves a file from one and edits it from the other", async () => {
    const { number } = await create();
    const choices = [{ row: "path", variation: 0 }, await tickAtEnd(number)];
    const { commit } = await change(number, { version: 1, files: [{ path: "moved.ts", choices }] });
    expect(content(commit, "there.ts")).toBe(`${text()}B at the end\n`);
    expect(inRun("ls-tree", "--name-only", commit, "moved.ts")).toBe("");
  });

  async function tickAtEnd(number: number) {
    const { files } = await service.hunks(trees.runId, number);
    const row = files.find(({ path }) => path === "moved.ts")?.rows.find(({ kind }) => kind === "lines");
    return { row: row?.id ?? "", cluster: row?.clusters[0]?.id ?? "" };
  }

  it("keeps what was written by hand when other hunks come and go, and refuses what would run into it", async () => {
    const { number } = await create();
    const path = "src/retry.ts";
    const first = await change(number, { version: 1, files: [{ path, text: text({ 8: "by hand\n" }) }] });
    expect([first.hand_lines, first.files]).toEqual([1, [{ path, choices: [], edited: true }]]);
    const second = await change(number, { version: 2, files: [{ path, choices: [await tick(number, path, 0, 20)] }] });
    expect(content(second.commit, path)).toBe(text({ 8: "by hand\n", 20: "A twenty\nA more\n" }));
    expect((await service.file(trees.runId, number, path)).origins).toEqual([
      { start: 9, end: 9, variations: [] },
      { start: 21, end: 22, variations: [0] },
    ]);
    const third = await change(number, { version: 3, files: [{ path, text: text({ 5: "mine\n", 20: "A twenty\nA more\n" }) }] });
    const choices = [await tick(number, path, 0, 20), await tick(number, path, 0, 5)];
    await expect(change(number, { version: 4, files: [{ path, choices }] })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("hand edits"),
    });
    const back = await change(number, { version: third.version, files: [{ path, choices, text: null }] });
    expect(content(back.commit, path)).toBe(text({ 5: "A five\n", 20: "A twenty\nA more\n" }));
    // A file that no variation changed can be written in, too.
    const other = await change(number, { version: back.version, files: [{ path: "untouched.ts", text: "new text" }] });
    expect(inRun("show", `${other.commit}:untouched.ts`)).toBe("new text");
    await expect(change(number, { version: other.version, files: [{ path: "logo.png", text: "x" }] })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("takes single lines of a hunk, says whose they are, and goes back", async () => {
    const { number } = await create();
    const path = "src/retry.ts";
    const twenty = await tick(number, path, 0, 20);
    const part = { ...twenty, lines: { removed: [], added: [1] } };
    const first = await change(number, { version: 1, files: [{ path, choices: [part] }] });
    expect(first.files).toEqual([{ path, choices: [part], edited: false }]);
    expect(content(first.commit, path)).toBe(text({ 20: "line 20\nA more\n" }));
    expect((await service.file(trees.runId, number, path)).origins).toEqual([{ start: 22, end: 22, variations: [0] }]);
    expect(inRun("log", "-1", "--format=%(trailers:key=Composed-from,valueonly)", first.commit)).toBe(`A ${path}:22`);
    expect([first.lines, first.hand_lines]).toEqual([[1, 0, 0], 0]);
    // Each line of it, one after the other, in any order: that is the hunk.
    const byLine = [
      { ...twenty, lines: { removed: [20], added: [] } },
      { ...twenty, lines: { removed: [], added: [1] } },
      { ...twenty, lines: { removed: [], added: [0] } },
    ];
    const whole = await change(number, { version: 2, files: [{ path, choices: byLine }] });
    expect(whole.files[0]?.choices).toEqual([twenty]);
    expect(whole.tree).toBe((await change(number, { version: 3, files: [{ path, choices: [twenty] }] })).tree);
    const none = { ...twenty, lines: { removed: [], added: [] } };
    expect((await change(number, { version: 4, files: [{ path, choices: [none] }] })).tree).toBe(treeOf(trees.base));
    const back = await change(number, { version: 5, as_of: 2 });
    expect([back.tree, back.files[0]?.choices]).toEqual([first.tree, [part]]);

    // Both change line 5: the one takes it away, the other adds after it, and so one of both is refused.
    const [mine, theirs] = [await tick(number, path, 0, 5), await tick(number, path, 1, 5)];
    const both = [
      { ...mine, lines: { removed: [5], added: [] } },
      { ...theirs, lines: { removed: [], added: [0] } },
    ];
    await expect(change(number, { version: 6, files: [{ path, choices: both }] })).rejects.toMatchObject({ code: "conflict" });
    const gone = { ...mine, lines: { removed: [7], added: [] } };
    await expect(change(number, { version: 6, files: [{ path, choices: [gone] }] })).rejects.toMatchObject({ code: "conflict" });

    // What was written by hand stays when lines come and go.
    const written = await change(number, { version: 6, files: [{ path, text: text({ 2: "by hand\n", 20: "line 20\nA more\n" }) }] });
    const next = await change(number, {
      version: written.version,
      files: [{ path, choices: [part, { ...mine, lines: { removed: [], added: [0] } }] }],
    });
    expect(content(next.commit, path)).toBe(text({ 2: "by hand\n", 5: "line 5\nA five\n", 20: "line 20\nA more\n" }));
    const outline = (await service.hunks(trees.runId, number)).files.find((file) => file.path === path);
    expect(hunksResponseSchema.parse({ sources: [], files: [outline] }).files[0]?.rows[0]?.clusters[0]?.pieces).toMatchObject([
      { start: 5, end: 6 },
    ]);
    const map = composedFileSchema.parse(await service.file(trees.runId, number, path)).map;
    expect(map?.rows.find(({ id }) => id === twenty.row)?.clusters[0]?.changes).toEqual([{ start: 20, end: 21, added: 2 }]);
  });

  it("has files that a person makes, under a name that nobody has", async () => {
    const { number } = await create(0);
    const made = await change(number, { version: 1, files: [{ path: "docs/why.md", text: "Because.\n", new: true }] });
    expect([content(made.commit, "docs/why.md"), made.hand_lines]).toEqual(["Because.\n", 1]);
    expect(inRun("log", "-1", "--format=%(trailers:key=Composed-from,valueonly)", made.commit)).toContain("hand docs/why.md:1");
    expect(await service.file(trees.runId, number, "docs/why.md")).toMatchObject({
      text: "Because.\n",
      base: null,
      edited: true,
      new_path: "docs/why.md",
      origins: [{ start: 1, end: 1, variations: [] }],
    });
    const empty = await change(number, { version: 2, files: [{ path: "docs/why.md", text: "" }] });
    expect(inRun("cat-file", "-s", `${empty.commit}:docs/why.md`)).toBe("0");
    for (const path of ["untouched.ts", "new.ts", "docs/why.md"]) {
      const refused = change(number, { version: 3, files: [{ path, text: "x", new: true }] });
      await expect(refused, path).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("already") });
    }
    for (const path of ["../x", "/x", ".git/config", "a/.GIT/x", "a//b", "x/"]) {
      await expect(change(number, { version: 3, files: [{ path, text: "x", new: true }] }), path).rejects.toThrow();
    }
    await expect(change(number, { version: 3, files: [{ path: "src", text: "x", new: true }] })).rejects.toThrow();
    expect((await service.get(trees.runId, number)).version).toBe(3);
    const back = await change(number, { version: 3, files: [{ path: "docs/why.md", text: null }] });
    expect([back.tree, back.files]).toEqual([treeOf(await commitOf(0)), []]);
    expect((await change(number, { version: 4, as_of: 2 })).tree).toBe(made.tree);
    const kept = await change(number, { version: 5, refresh: true });
    expect([kept.tree, kept.dropped]).toEqual([made.tree, []]);
  });

  it("can be taken back step by step, and is changed by one at a time", async () => {
    const { number } = await create(1);
    const path = "src/retry.ts";
    await change(number, { version: 1, files: [{ path, take: "a" }] });
    await change(number, { version: 2, from: 0 });
    const third = await change(number, { version: 3, files: [{ path, text: text({ 1: "hand\n" }) }] });
    await expect(change(number, { version: 3, from: null })).rejects.toMatchObject({ code: "conflict" });
    const back = await change(number, { version: 4, as_of: 1 });
    expect(back).toMatchObject({ version: 5, from: 1, files: [], tree: treeOf(await commitOf(1)) });
    expect((await change(number, { version: 5, as_of: 4 })).tree).toBe(third.tree);
    await expect(change(number, { version: 6, as_of: 9 })).rejects.toMatchObject({ code: "not_found" });
  });

  it("is made once for one key", async () => {
    const one = await create(0, "key");
    expect((await create(0, "key")).number).toBe(one.number);
  });

  it("is a head that a real git fetches, and gone with its deletion", async () => {
    const { number, commit } = await create(1);
    const remote = createRunRemote(trees.writer, trees.store);
    const stream = await remote.advertise(trees.runId, 0);
    stream.stdin.end();
    stream.stdout.resume();
    await stream.ended;
    const head = `composition-${number}`;
    const into = join(trees.dir, "fetched");
    trees.git(trees.dir, ["init", "-q", into]);
    trees.git(into, ["fetch", "-q", trees.store.runRepository(trees.runId), `${head}:${head}`]);
    expect(trees.git(into, ["rev-parse", head])).toBe(commit);
    await service.delete(trees.runId, number, "you");
    await expect(service.get(trees.runId, number)).rejects.toMatchObject({ code: "not_found" });
    const after = await remote.advertise(trees.runId, 0);
    after.stdin.end();
    after.stdout.resume();
    await after.ended;
    expect(inRun("branch", "--list", head)).toBe("");
  });

  it("stays as it is when a variation goes on, says what is gone, and takes the new state when asked", async () => {
    const { number } = await create();
    const path = "src/retry.ts";
    const choices = [await tick(number, path, 1, 12), await tick(number, path, 0, 20)];
    const before = await change(number, { version: 1, files: [{ path, choices }] });
    await trees.snapshot(1, (tree) => writeTree(tree, path, text({ 12: "B anew\n" })));
    const seen = await service.get(trees.runId, number);
    expect([seen.tree, seen.outdated, seen.stale.map((one) => one.path)]).toEqual([before.tree, [1], [path]]);
    const after = await change(number, { version: 2, refresh: true });
    expect(after.dropped).toEqual([{ path, rows: [choices[0]?.row] }]);
    expect(content(after.commit, path)).toBe(text({ 20: "A twenty\nA more\n" }));
    expect(hunksResponseSchema.parse(await service.hunks(trees.runId, number)).sources[1]).toBe(await commitOf(1));
    expect((await change(number, { version: 3, as_of: 2 })).tree).toBe(before.tree);
  });
});
