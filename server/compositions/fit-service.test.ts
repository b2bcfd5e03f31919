import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChangeCompositionRequest, changeCompositionSchema, composedFileSchema } from "@/lib/protocol/compositions";
import { fitSchema, startFitSchema, takeFitSchema } from "@/lib/protocol/fits";
import { totalUsage } from "@/lib/run/select";
import { isTerminal, type RunState } from "@/lib/run/state";
import { createMapService } from "../compare/map-service";
import { createMapThread } from "../compare/map-thread";
import type { AttemptExit, AttemptSpec, CollectedTree } from "../executors/executor";
import { createFakeExecutor } from "../executors/fake/fake-executor";
import { createGitStore } from "../git/git-store-disk";
import { parseRepositoryAddress } from "../git/repository-address";
import { createRunConductor } from "../runs/conduct-run";
import { recoverRuns } from "../runs/recover-runs";
import { redactSecrets } from "../runs/redact-secrets";
import type { RunContext } from "../runs/run-context";
import { createRunQueue } from "../runs/run-queue";
import { createRunService } from "../runs/run-service";
import { createRunWriter } from "../runs/run-writer";
import { type Database, openDatabase } from "../storage/prisma/database";
import { createPrismaEventLog } from "../storage/prisma/event-log";
import { createPrismaRunIndex } from "../storage/prisma/run-index";
import { createRunImages } from "../storage/run-images-disk";
import { createCompositionService } from "./composition-service";
import { createFitService } from "./fit-service";

// Real git, database and conduct; the executor is faked: what an agent does to its tree is written below.
type Work = Record<string, string | null>;
const lines = (edits: Record<number, string> = {}): string => Array.from({ length: 20 }, (_, at) => edits[at] ?? `line ${at}\n`).join("");
const FILES: Work = { "src/a.ts": lines(), "src/old.ts": "old\n", "README.md": "# Read\n", "src/part.ts": lines() };
const A: Work = { "src/a.ts": lines({ 4: "A four\n", 10: "A ten\n" }), "src/new.ts": "by A\n" };
const B: Work = { "src/a.ts": lines({ 4: "B four\n", 15: "B fifteen\n" }), "src/part.ts": lines({ 2: "B two\n" }) };

let dir: string;
let repository: string;
let database: Database;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "aideator-fit-"));
  repository = join(dir, "repository");
  apply(repository, FILES);
  execFileSync("git", ["init", "-q", "-b", "main", repository]);
  execFileSync("git", ["add", "-A"], { cwd: repository });
  execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "base"], { cwd: repository });
  database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
});

afterAll(async () => {
  await database.$disconnect();
  rmSync(dir, { recursive: true, force: true });
});

function apply(root: string, work: Work): void {
  for (const [path, text] of Object.entries(work)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (text === null) rmSync(join(root, path));
    else writeFileSync(join(root, path), text);
  }
}

/** The tree that an attempt was started with, and what it did to it. */
async function worked(spec: AttemptSpec, work: Work): Promise<CollectedTree> {
  const store = mkdtempSync(join(dir, "tree-"));
  const git = (args: string[], input?: string | Buffer): Buffer => execFileSync("git", args, { cwd: store, input });
  git(["clone", "-q", "--shared", spec.mirrorPath, "."]);
  if (spec.start !== undefined) {
    const chunks: Buffer[] = [];
    for await (const chunk of spec.start.pack()) chunks.push(chunk as Buffer);
    git(["index-pack", "--stdin", "--fix-thin"], Buffer.concat(chunks));
    git(["read-tree", "--reset", "-u", spec.start.commit]);
  }
  apply(store, work);
  git(["add", "-A"]);
  const tree = String(git(["write-tree"])).trim();
  const commit = String(
    git(["-c", "user.name=T", "-c", "user.email=t@e.com", "commit-tree", tree, "-p", spec.baseCommit, "-m", "s"]),
  ).trim();
  const packFile = join(store, ".git", "taken.pack");
  writeFileSync(packFile, git(["pack-objects", "--revs", "--thin", "--stdout", "-q"], `${commit}\n^${spec.baseCommit}\n`));
  return { commit, packFile, warnings: [], complete: true };
}

const exited: AttemptExit = { kind: "exited", code: 0 };
const usage = { model: "demo", inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, dollars: 0.25 };

function serve(executor: ReturnType<typeof createFakeExecutor>) {
  const draining = new AbortController();
  const context: RunContext = {
    writer: createRunWriter(createPrismaEventLog(database), Date.now),
    index: createPrismaRunIndex(database),
    git: createGitStore({ dataDir: join(dir, "data"), gitHosts: [] }),
    images: createRunImages(join(dir, "data")),
    executor,
    queue: createRunQueue(5),
    log: pino({ level: "silent" }),
    redaction: redactSecrets([]),
    now: Date.now,
    freeBytes: async () => Number.POSITIVE_INFINITY,
    parseAddress: (input) => parseRepositoryAddress(input, { localRoots: [repository], gitHosts: [] }),
    commandsAllowed: () => Promise.resolve(true),
    draining: draining.signal,
  };
  const { writer, git } = context;
  const conductor = createRunConductor(context);
  const tools = { git, maps: createMapService(writer, git, createMapThread(undefined)) };
  const compositions = createCompositionService(writer, tools, Date.now);
  const parts = { writer, tools, conductor, refuseModel: () => undefined, needRoom: async () => undefined, now: Date.now };
  return {
    context,
    runs: createRunService(context, conductor, { defaultModel: () => "demo", refuseModel: () => undefined }),
    compositions,
    fits: createFitService(parts),
    change: (runId: string, number: number, order: ChangeCompositionRequest) =>
      compositions.change(runId, number, changeCompositionSchema.parse(order), "you"),
    recover: () => recoverRuns(context, conductor),
    async until(runId: string, holds: (run: RunState) => boolean): Promise<RunState> {
      for (let tries = 0; tries < 2_000; tries += 1) {
        const run = await writer.state(runId);
        if (run !== undefined && holds(run)) return run;
        await pause(5);
      }
      throw new Error("it did not get there");
    },
    async drain() {
      draining.abort();
      await conductor.settled();
    },
  };
}

/** A run of A and B that is over, and a composition of both with a conflict in it; fits wait until `open`. */
async function composed(fit: Work) {
  const specs: AttemptSpec[] = [];
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const executor = createFakeExecutor(
    async function* (spec, stopped) {
      specs.push(spec);
      yield JSON.stringify({ type: "text.delta", block: "t", text: `working ${spec.task.variation}` });
      if (spec.task.variation >= 50) await Promise.race([opened, new Promise((resolve) => stopped.addEventListener("abort", resolve))]);
      yield JSON.stringify({ type: "agent.finished", summary: `done ${spec.task.variation}` });
      return exited;
    },
    (spec) => worked(spec, [A, B][spec.task.variation] ?? fit),
  );
  const server = serve(executor);
  const { runId } = await server.runs.create({ github_url: repository, prompt: "Do it well", variations: 2 });
  await server.until(runId, ({ status }) => isTerminal(status));
  const { number } = await server.compositions.create(runId, { from: 0 }, "you");
  const { files } = await server.compositions.hunks(runId, number);
  const at = (path: string, line: number, variation: number) => {
    const row = files.find((file) => file.path === path)?.rows.find(({ start, end }) => start <= line && line < end);
    return { row: row?.id ?? "", cluster: row?.clusters.find(({ variations }) => variations.includes(variation))?.id ?? "" };
  };
  const choices = [at("src/a.ts", 4, 0), at("src/a.ts", 10, 0), at("src/a.ts", 15, 1)];
  const { version } = await server.change(runId, number, { version: 1, files: [{ path: "src/a.ts", choices }] });
  const start = (more = {}, key?: string) => server.fits.start(runId, number, startFitSchema.parse({ version, ...more }), "you", key);
  const take = (order: object) => server.fits.take(runId, number, takeFitSchema.parse(order), "you");
  const inRun = (...args: string[]): string =>
    execFileSync("git", args, { cwd: server.context.git.runRepository(runId), encoding: "utf8" }).trim();
  return { server, executor, runId, number, version, specs, open: () => open(), start, take, inRun };
}

const SEAM = lines({ 4: "A four, and B four\n", 10: "A ten\n", 15: "B fifteen\n" });
const REACHING: Work = { "src/a.ts": SEAM, "README.md": "# Read, improved\n", "src/helper.ts": "help\n", "src/old.ts": null };

describe("fitting a composition together", () => {
  it("starts from its tree, is told of the conflict, and offers what it changed; what is outside the seams is only taken when it is named", async () => {
    const { server, runId, number, version, specs, open, start, take, inRun } = await composed(REACHING);
    const asked = await start({ wish: "Keep both." }, "key");
    expect(fitSchema.parse(asked)).toEqual(asked);
    expect(asked).toMatchObject({ fit: 50, state: "queued", conflicts: 1, failing: 0, decision: null, result: null });
    expect((await start({}, "key")).fit).toBe(50);
    await expect(start()).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("already") });
    expect((await server.runs.get(runId)).status).toBe("running");
    open();
    const run = await server.until(runId, ({ status }) => isTerminal(status));
    expect(run.status).toBe("completed");
    expect(run.variations.map(({ attempt, status }) => [attempt, status])).toEqual([
      [0, "completed"],
      [0, "completed"],
    ]);
    const { task } = specs.at(-1) ?? {};
    expect(task).toMatchObject({ variation: 50, limits: { minutes: 30 } });
    expect(task?.prompt).toMatch(
      /Do it well[^]*A src\/a\.ts:5[^]*From A|from A:[^]*A four[^]*from B:[^]*B four[^]*Keep both\.[^]*Change only/i,
    );

    const { result } = await server.fits.get(runId, number);
    expect(result?.moved_on).toBe(false);
    expect(result?.files.map(({ path, inside, refusal }) => [path, inside, refusal])).toEqual([
      ["README.md", false, null],
      ["src/a.ts", true, null],
      ["src/helper.ts", false, null],
      ["src/old.ts", false, null],
    ]);
    const { composition, fit } = await take({ version });
    expect(fit.decision).toMatchObject({ kind: "taken", version: version + 1, paths: ["src/a.ts"] });
    expect(inRun("show", `${composition.commit}:src/a.ts`)).toBe(SEAM.trim());
    expect(inRun("show", `${composition.commit}:README.md`)).toBe("# Read");
    expect([composition.agent_lines, composition.hand_lines, composition.variations]).toEqual([1, 0, [0, 1]]);
    const file = await server.compositions.file(runId, number, "src/a.ts");
    expect(composedFileSchema.parse(file)).toEqual(file);
    expect(file.origins).toEqual([
      { start: 5, end: 5, variations: [], agent: true },
      { start: 11, end: 11, variations: [0] },
      { start: 16, end: 16, variations: [1] },
    ]);
    const trailers = inRun("log", "-1", "--format=%(trailers:key=Composed-from,valueonly)", composition.commit).split("\n");
    expect(trailers).toEqual(expect.arrayContaining(["agent src/a.ts:5", "A src/a.ts:11", "B src/a.ts:16"]));
    await expect(take({ version: version + 1 })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("taken already"),
    });

    const undone = await server.change(runId, number, { version: version + 1, as_of: version });
    expect([undone.tree, undone.agent_lines]).toEqual([inRun("rev-parse", `${asked.commit}^{tree}`), 0]);
    await server.drain();
  }, 60_000);

  it("takes new, deleted and base-only files as the agent left them; they can be written in and taken back", async () => {
    const { server, runId, number, version, open, start, take, inRun } = await composed(REACHING);
    await start();
    open();
    const run = await server.until(runId, ({ status }) => isTerminal(status));
    const all = ["README.md", "src/a.ts", "src/helper.ts", "src/old.ts"];
    const { composition } = await take({ version, paths: all });
    expect(composition.tree).toBe(run.fits[0]?.work.snapshot?.tree);
    const trailers = inRun("log", "-1", "--format=%(trailers:key=Composed-from,valueonly)", composition.commit).split("\n");
    expect(trailers).toEqual(expect.arrayContaining(["agent README.md:1", "agent src/helper.ts:1", "agent src/old.ts"]));
    const written = await server.change(runId, number, {
      version: composition.version,
      files: [{ path: "src/helper.ts", text: "help\nmore\n" }],
    });
    expect((await server.compositions.file(runId, number, "src/helper.ts")).origins).toEqual([
      { start: 1, end: 1, variations: [], agent: true },
      { start: 2, end: 2, variations: [] },
    ]);
    const without = await server.change(runId, number, {
      version: written.version,
      files: all.slice(1).map((path) => ({ path, text: null })),
    });
    expect(inRun("diff", "--name-only", (await server.fits.get(runId, number)).commit, without.commit)).toBe("README.md");
    // The rest goes on as ever: other hunks move under what the agent wrote.
    expect(without.agent_lines).toBe(1);
    await server.drain();
  }, 60_000);

  it("keeps what a person changes meanwhile: both go together, or it is refused with the reason", async () => {
    const { server, runId, number, version, open, start, take, inRun } = await composed(REACHING);
    await start();
    const mine = (await server.compositions.file(runId, number, "src/a.ts")).text ?? "";
    const edited = await server.change(runId, number, {
      version,
      files: [{ path: "src/a.ts", text: mine.replace("line 18\n", "mine 18\n") }],
    });
    open();
    await server.until(runId, ({ status }) => isTerminal(status));
    const { result } = await server.fits.get(runId, number);
    expect(result).toMatchObject({ moved_on: true });
    expect(result?.files.find(({ path }) => path === "src/a.ts")).toMatchObject({ merged: true, refusal: null });
    await expect(take({ version })).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("changed meanwhile") });

    const both = await server.change(runId, number, {
      version: edited.version,
      files: [{ path: "src/a.ts", text: mine.replace("A four\n", "mine four\n") }],
    });
    const refused = await server.fits.get(runId, number);
    expect(refused.result?.files.find(({ path }) => path === "src/a.ts")?.refusal).toMatch(/same place/);
    await expect(take({ version: both.version })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("src/a.ts cannot be taken"),
    });

    const back = await server.change(runId, number, { version: both.version, as_of: edited.version });
    const { composition } = await take({ version: back.version });
    expect(inRun("show", `${composition.commit}:src/a.ts`)).toBe(SEAM.replace("line 18\n", "mine 18\n").trim());
    expect([composition.agent_lines, composition.hand_lines]).toEqual([1, 1]);
    await server.drain();
  }, 60_000);

  it("is stopped, counted in the run's dollars, and what it did until then can be taken; another one can be asked", async () => {
    const { server, runId, number, version, start, take } = await composed(REACHING);
    await start();
    await server.until(runId, ({ fits }) => fits[0]?.work.status === "running");
    await server.context.writer.record(runId, [{ at: 1, variation: 50, attempt: 0, event: { type: "usage.recorded", ...usage } }]);
    await server.fits.stop(runId, number);
    const run = await server.until(runId, ({ status }) => isTerminal(status));
    expect(run.fits[0]?.work.status).toBe("cancelled");
    expect(totalUsage(run).dollars).toBe(0.25);
    expect((await server.fits.get(runId, number)).result?.files).toHaveLength(4);
    await expect(server.fits.stop(runId, number)).rejects.toMatchObject({ code: "conflict" });
    const discarded = await server.fits.discard(runId, number, "you");
    expect([discarded.decision?.kind, discarded.result]).toEqual(["discarded", null]);
    await expect(take({ version })).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("discarded") });
    expect((await start()).fit).toBe(51);
    await expect(server.compositions.delete(runId, number, "you")).rejects.toMatchObject({ code: "conflict" });
    await server.runs.cancel(runId);
    const stopped = await server.until(runId, ({ status }) => isTerminal(status));
    expect([stopped.fits[1]?.work.status, stopped.status]).toEqual(["cancelled", "completed"]);
    await server.drain();
  }, 60_000);

  it("goes on over a restart of the server", async () => {
    const { server, executor, runId, number, open, start } = await composed(REACHING);
    await start();
    await server.until(runId, ({ fits }) => fits[0]?.work.status === "running");
    await server.drain();
    const second = serve(executor);
    await second.recover();
    open();
    const run = await second.until(runId, ({ status }) => isTerminal(status));
    expect(run.fits[0]?.work).toMatchObject({ status: "completed", summary: "done 50" });
    expect((await second.fits.get(runId, number)).result?.files).toHaveLength(4);
    await second.drain();
  }, 60_000);

  it("refuses a model that is not in the line-up, another version, and a composition that is not there", async () => {
    const { server, runId, number, version, start, take } = await composed({});
    await expect(start({ model: "other" })).rejects.toMatchObject({ code: "bad_request", fields: [{ field: "model" }] });
    await expect(server.fits.start(runId, number, { version: version + 1 }, "you")).rejects.toMatchObject({ code: "conflict" });
    await expect(server.fits.start(runId, 9, { version: 1 }, "you")).rejects.toMatchObject({ code: "not_found" });
    await expect(server.fits.get(runId, number)).rejects.toMatchObject({ code: "not_found" });
    await expect(take({ version })).rejects.toMatchObject({ code: "not_found" });
    await server.drain();
  }, 60_000);
});
