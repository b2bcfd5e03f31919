import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { choicesOf, compose } from "@/lib/compare/compose";
import { fileMapQuerySchema, fileMapResponseSchema, mapQuerySchema, mapResponseSchema } from "@/lib/protocol/map";
import { createRunTrees, type RunTrees, writeTree } from "../http/run-trees-harness";
import type { MapJob } from "./map-job";
import { createMapService, type MapService } from "./map-service";
import { createMapThread, type MapThread } from "./map-thread";

const lines = (count: number): string[] => Array.from({ length: count }, (_, n) => `line ${n}\n`);
const text = (edit: (all: string[]) => void): string => {
  const all = lines(30);
  edit(all);
  return all.join("");
};
const put = (at: number, line: string) => (all: string[]) => {
  all[at] = line;
};

let trees: RunTrees;
let thread: MapThread;
let service: MapService;
/** The same without a thread. */
let here: MapService;

const map = (fields: Record<string, unknown> = {}, of = service) => of.map(trees.runId, mapQuerySchema.parse(fields));
const file = (path: string, fields: Record<string, unknown> = {}, of = service) =>
  of.file(trees.runId, fileMapQuerySchema.parse({ path, ...fields }));

beforeAll(async () => {
  trees = await createRunTrees("maprun00000001", {
    "agreed.ts": lines(30).join(""),
    "contested.ts": lines(30).join(""),
    "moved.ts": lines(30).join(""),
    "spaces.ts": "f(1);\n",
    "logo.png": Buffer.from([0x89, 0x50, 0, 1]),
    "latin.txt": Buffer.from("caf\xe9\n", "latin1"),
    "gone.ts": "gone\n",
    "run.sh": "echo\n",
    "large.txt": "x".repeat(2 * 1024 * 1024 + 1),
    "package-lock.json": "{}\n",
  });
  const program = join(trees.dir, "map-worker.mjs");
  const alias = { "@": process.cwd() };
  await build({ entryPoints: ["server/compare/map-worker.ts"], outfile: program, bundle: true, platform: "node", format: "esm", alias });
  thread = createMapThread(program);
  service = createMapService(trees.writer, trees.store, thread);
  here = createMapService(trees.writer, trees.store, createMapThread(undefined));
  await trees.snapshot(0, (tree) => writeTree(tree, "agreed.ts", text(put(0, "first try\n"))), "tool");
  await trees.snapshot(0, (tree) => {
    writeTree(tree, "agreed.ts", text(put(3, "agreed\n")));
    writeTree(tree, "contested.ts", text(put(5, "one\ntwo\n")));
    writeTree(tree, "spaces.ts", "f( 1 )\n");
    writeTree(tree, "logo.png", Buffer.from([0x89, 0x50, 0, 2]));
    writeTree(tree, "large.txt", "y".repeat(2 * 1024 * 1024 + 2));
    writeTree(tree, "moved.ts", text(put(20, "edited\n")));
    rmSync(join(tree, "gone.ts"));
    writeTree(tree, "package-lock.json", "{ }\n");
  });
  await trees.snapshot(1, (tree) => {
    writeTree(tree, "agreed.ts", text(put(3, "agreed\n")));
    writeTree(tree, "contested.ts", text(put(5, "three\n")));
    writeTree(tree, "spaces.ts", "f(1)\n");
    writeTree(tree, "latin.txt", Buffer.from("caf\xe8\n", "latin1"));
    renameSync(join(tree, "moved.ts"), join(tree, "there.ts"));
    writeTree(tree, "gone.ts", "still here\n");
    writeTree(tree, "new.ts", "new\n");
  });
  await trees.snapshot(2, (tree) => {
    writeTree(tree, "agreed.ts", text(put(3, "agreed\n")));
    writeTree(
      tree,
      "contested.ts",
      text((all) => all.splice(1, 1) && put(24, "far away\n")(all)),
    );
    writeTree(tree, "new.ts", "new\n");
  });
}, 120_000);

afterAll(async () => {
  await thread.close();
  await trees.dispose();
});

describe("the map of a run", () => {
  it("says of every file how far the variations agree, under its path in the base", async () => {
    const answer = await map();
    expect(mapResponseSchema.parse(answer)).toEqual(answer);
    expect(answer.files.map(({ path, in_base, mark, marks }) => [path, in_base, mark.exact, marks.exact.join(" ")])).toEqual([
      ["agreed.ts", true, "all", "all all all"],
      ["contested.ts", true, "conflict", "conflict conflict only"],
      ["gone.ts", true, "conflict", "conflict conflict none"],
      ["large.txt", true, "only", "only none none"],
      ["latin.txt", true, "only", "none only none"],
      ["logo.png", true, "only", "only none none"],
      ["moved.ts", true, "only", "only only none"],
      ["new.ts", false, "some", "none some some"],
      ["package-lock.json", true, "only", "only none none"],
      ["spaces.ts", true, "conflict", "conflict conflict none"],
    ]);
    const row = (path: string) => answer.files.find((one) => one.path === path);
    expect(row("moved.ts")?.paths).toEqual([null, "there.ts", null]);
    expect(row("spaces.ts")?.mark).toEqual({ exact: "conflict", space: "some", imports: "some" });
    expect(row("contested.ts")?.rows.exact).toEqual({ all: 0, some: 0, only: 2, conflict: 1 });
    expect(row("package-lock.json")?.generated).toBe("lock_file");
    expect(answer.counts.exact).toEqual({ all: 1, some: 1, only: 5, conflict: 3 });
    expect(answer.counts.space).toEqual({ all: 1, some: 2, only: 5, conflict: 2 });
  });

  it("comes page by page", async () => {
    const all = await map();
    const first = await map({ limit: 7 });
    const second = await map({ limit: 7, cursor: first.next_cursor });
    expect([...first.files, ...second.files]).toEqual(all.files);
    expect(second).toMatchObject({ total: 10, counts: all.counts, next_cursor: null });
    await expect(map({ cursor: "7.abc" })).rejects.toMatchObject({ code: "conflict" });
  });

  it("takes variations as they were, on demand", async () => {
    const { files } = await map({ sides: "a@1" });
    expect(files.find(({ path }) => path === "agreed.ts")?.marks.exact).toEqual(["only", "some", "some"]);
    await expect(map({ sides: "a@9" })).rejects.toMatchObject({ code: "not_found", fields: [{ field: "sides" }] });
  });

  it("is the same with and without a thread", async () => {
    expect(await map({}, here)).toEqual(await map());
    expect(await file("contested.ts", {}, here)).toEqual(await file("contested.ts"));
  });
});

describe("the map of a file", () => {
  it("shows each place: who says what, where it stands in each text, what excludes what", async () => {
    const answer = await file("contested.ts");
    expect(fileMapResponseSchema.parse(answer)).toEqual(answer);
    expect(answer.rows.map(({ id, text: base, cells, mark }) => [id, base, cells, mark.exact])).toEqual([
      ["1-2", "line 1\n", [null, null, 1], "only"],
      ["5-6", "line 5\n", [1, 2, null], "conflict"],
      ["25-26", "line 25\n", [null, null, 1], "only"],
    ]);
    expect(answer.rows[1]?.clusters).toMatchObject([
      { number: 1, variations: [0], text: "one\ntwo\n", added: 2, removed: 1, excludes: [2] },
      { number: 2, variations: [1], text: "three\n", excludes: [1] },
    ]);
    // git says where that is.
    const { commits } = await service.sidesOf(trees.runId);
    for (const { cells, places, clusters, text: base } of answer.rows) {
      for (const [variation, place] of places.entries()) {
        const whole = trees.git(trees.store.runRepository(trees.runId), ["show", `${commits[variation]}:contested.ts`]).split("\n");
        const said = clusters.find(({ number }) => number === cells[variation])?.text ?? base;
        expect(whole.slice(place?.start, place?.end)).toEqual(said?.split("\n").slice(0, -1));
      }
    }
  });

  it("follows a moved file, and lets its edit and its new path stand together", async () => {
    const answer = await file("moved.ts");
    expect(answer.variations.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "changed moved.ts",
      "changed there.ts",
      "untouched moved.ts",
    ]);
    expect(answer.rows.map(({ kind, clusters }) => [kind, clusters[0]?.text])).toEqual([
      ["path", "there.ts"],
      ["lines", "edited\n"],
    ]);
    await expect(file("there.ts")).rejects.toMatchObject({ code: "not_found", fields: [{ field: "path" }] });
  });

  it("compares by its id what is no text or too large", async () => {
    for (const path of ["logo.png", "latin.txt", "large.txt"]) {
      const { rows } = await file(path);
      expect(rows).toMatchObject([{ kind: "content", text: null, clusters: [{ text: expect.stringMatching(/^[0-9a-f]{40}$/) }] }]);
      expect(rows[0]?.places).toEqual([null, null, null]);
    }
  });

  it("is what composing needs: all rows of a variation give its file", async () => {
    const sides = await service.sidesOf(trees.runId);
    const files = await service.changedFiles(trees.runId, sides);
    for (const path of ["agreed.ts", "contested.ts", "spaces.ts", "new.ts"]) {
      expect(files.map((one) => one.path)).toContain(path);
      const made = await service.mapOf(trees.runId, path, sides);
      const { content } = compose(made, choicesOf(made, 1));
      const shown = trees.git(trees.store.runRepository(trees.runId), ["show", `${sides.commits[1]}:${path}`]);
      expect(content?.kind === "text" ? content.text.trim() : undefined).toBe(shown);
    }
  });
});

describe("giving up", () => {
  it("rejects who gives up, and answers those who wait", async () => {
    const own = createMapService(trees.writer, trees.store, thread);
    const giveUp = new AbortController();
    const [given, waited] = [own.map(trees.runId, mapQuerySchema.parse({}), giveUp.signal), own.map(trees.runId, mapQuerySchema.parse({}))];
    giveUp.abort(new Error("nobody wants it"));
    await expect(given).rejects.toThrow("nobody wants it");
    expect((await waited).total).toBe(10);
  });

  it("ends a thread that works for nobody, and starts another", async () => {
    const blob = new TextEncoder().encode(Array.from({ length: 60_000 }, (_, n) => `${n % 7} ${n * 31}\n`).join(""));
    const other = new TextEncoder().encode(Array.from({ length: 60_000 }, (_, n) => `${n % 5} ${n * 17}\n`).join(""));
    const change = { kind: "blob" as const, path: undefined, blob: "b", mode: undefined, lines: true };
    const slow = { path: "slow", base: { blob: "a", mode: undefined, lines: true }, variations: [change] };
    const blobs = () =>
      new Map([
        ["a", blob.slice()],
        ["b", other.slice()],
      ]);
    const giveUp = new AbortController();
    const given = thread.run({ kind: "file", file: slow, blobs: blobs() }, giveUp.signal);
    const next = thread.run({ kind: "summaries", files: [], blobs: new Map() });
    setTimeout(() => giveUp.abort(new Error("enough")), 5);
    await expect(given).rejects.toThrow("enough");
    expect(await next).toEqual([]);
  });

  it("survives a job that fails, also when nobody waits for one any more", async () => {
    const broken = { kind: "summaries", files: [null], blobs: new Map() } as unknown as MapJob;
    await expect(thread.run(broken)).rejects.toThrow();
    expect(await thread.run({ kind: "summaries", files: [], blobs: new Map() })).toEqual([]);
  });
});
