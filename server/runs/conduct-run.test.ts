import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jobName } from "@/lib/run/select";
import { isTerminal, type RunState } from "@/lib/run/state";
import { AppError } from "../app-error";
import type { AttemptExit, AttemptSpec } from "../executors/executor";
import { createFakeExecutor, type FakeExecutor, type FakeProgram } from "../executors/fake/fake-executor";
import { createGitStore } from "../git/git-store-disk";
import { parseRepositoryAddress } from "../git/repository-address";
import { type Database, openDatabase } from "../storage/prisma/database";
import { createPrismaEventLog } from "../storage/prisma/event-log";
import { createPrismaRunIndex } from "../storage/prisma/run-index";
import { createRunImages } from "../storage/run-images-disk";
import { createRunConductor } from "./conduct-run";
import { recoverRuns } from "./recover-runs";
import { redactSecrets } from "./redact-secrets";
import type { RunContext } from "./run-context";
import { createRunQueue } from "./run-queue";
import { createRunService } from "./run-service";
import { createRunWriter } from "./run-writer";

// Real git and database; the executor is faked, so that a run's whole life takes milliseconds.
let dir: string;
let repository: string;
let database: Database;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "aideator-conduct-"));
  repository = join(dir, "repository");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: repository });
  execFileSync("git", ["init", "-q", "-b", "main", repository]);
  await writeFile(join(repository, "a.txt"), "one\n");
  git("add", "-A");
  git("-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "base");
  database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
});

afterAll(async () => {
  await database.$disconnect();
  await rm(dir, { recursive: true, force: true });
});

/** One server's life on the shared database; another one with the same executor is that server after a restart. */
function serve(executor: FakeExecutor, maxRunning = 5) {
  const draining = new AbortController();
  const log = createPrismaEventLog(database);
  const writer = createRunWriter(log, Date.now);
  const context: RunContext = {
    writer,
    index: createPrismaRunIndex(database),
    git: createGitStore({ dataDir: join(dir, "data"), gitHosts: [] }),
    images: createRunImages(join(dir, "data")),
    executor,
    queue: createRunQueue(maxRunning),
    log: pino({ level: "silent" }),
    redaction: redactSecrets([SECRET]),
    now: Date.now,
    freeBytes: async () => Number.POSITIVE_INFINITY,
    parseAddress: (input) => parseRepositoryAddress(input, { localRoots: [repository], gitHosts: [] }),
    commandsAllowed: () => Promise.resolve(true),
    draining: draining.signal,
  };
  const conductor = createRunConductor(context);
  const runs = createRunService(context, conductor, { defaultModel: () => "demo", refuseModel: () => undefined });

  async function until(runId: string, holds: (run: RunState) => boolean): Promise<RunState> {
    for (let tries = 0; tries < 2_000; tries += 1) {
      const run = await runs.get(runId);
      if (holds(run)) return run;
      await pause(5);
    }
    throw new Error(`it did not get there: ${JSON.stringify(await runs.get(runId)).slice(0, 2_000)}`);
  }

  return {
    context,
    runs,
    until,
    start: async (variations: number) => (await runs.create({ github_url: repository, prompt: "p", variations }, undefined)).runId,
    ended: (runId: string) => until(runId, ({ status }) => isTerminal(status)),
    events: (runId: string) => log.read(runId, 0, 10_000),
    recover: () => recoverRuns(context, conductor),
    async drain() {
      draining.abort();
      await conductor.settled();
    },
  };
}

const SECRET = "sk-a-secret-of-this-server";
const say = (text: string): string => JSON.stringify({ type: "text.delta", block: "t1.0", text });
const finished = JSON.stringify({ type: "agent.finished", summary: "done" });
const exited = (code: number): AttemptExit => ({ kind: "exited", code });

async function* works(spec: AttemptSpec): AsyncGenerator<string, AttemptExit> {
  yield say(`variation ${spec.task.variation}`);
  yield finished;
  return exited(0);
}

/** A program that stops at a gate until the test opens it. */
function gated(): { program: FakeProgram; open: () => void } {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  return {
    open,
    async *program(_, stopped) {
      for (let n = 1; n <= 20; n += 1) yield say(`${n} `);
      await Promise.race([gate, new Promise((resolve) => stopped.addEventListener("abort", resolve))]);
      for (let n = 21; n <= 40; n += 1) yield say(`${n} `);
      yield finished;
      return exited(0);
    },
  };
}

const textOf = (run: RunState, variation = 0): string =>
  (run.variations[variation]?.items ?? []).map((item) => (item.kind === "text" ? item.text : "")).join("");
const counted = Array.from({ length: 40 }, (_, at) => `${at + 1} `).join("");

describe("conducting a run", () => {
  it("takes every variation to exactly one end, and cleans up after its last snapshot", async () => {
    const executor = createFakeExecutor(works);
    const server = serve(executor);
    const runId = await server.start(3);
    const run = await server.ended(runId);
    expect(run.status).toBe("completed");
    expect(run.variations.map(({ status, summary }) => [status, summary])).toEqual(Array.from({ length: 3 }, () => ["completed", "done"]));
    const terminal = (await server.events(runId)).filter(({ event }) => /^variation\.(completed|failed|cancelled)$/.test(event.type));
    expect(terminal).toHaveLength(3);
    await server.drain();
    for (const name of [0, 1, 2].map((index) => jobName(runId, index))) {
      const calls = executor.calls.filter((call) => call.endsWith(` ${name}`)).map((call) => call.split(" ")[0]);
      expect(calls).toEqual(["prepare", "start", "collect", "cleanup"]);
    }
  });

  it("keeps failures apart: one that fails, dies or says nothing does not touch the others", async () => {
    const server = serve(
      createFakeExecutor(async function* (spec) {
        switch (spec.task.variation) {
          case 0:
            return yield* works(spec);
          case 1:
            yield JSON.stringify({ type: "agent.failed", failure: { code: "model_error", message: "no", remedy: "yes" } });
            return exited(1);
          case 2:
            return { kind: "signalled", signal: "SIGKILL" };
          default:
            yield "no protocol at all";
            return exited(7);
        }
      }),
    );
    const run = await server.ended(await server.start(4));
    expect(run.status).toBe("completed");
    expect(run.variations.map(({ failure }) => failure?.code)).toEqual([undefined, "model_error", "agent_killed", "agent_crashed"]);
    expect(run.variations[3]?.items).toMatchObject([{ kind: "log", text: "no protocol at all" }]);
    expect(run.variations[2]?.failure?.message).toContain("SIGKILL");
  });

  it("says what is wrong with a repository, and apart from that what to do", async () => {
    const server = serve(createFakeExecutor(works));
    const path = (url: string) => ({ kind: "path" as const, url, name: "code" });
    const failureOf = async (url: string, base?: string) => {
      server.context.parseAddress = async () => path(url);
      const { runId } = await server.runs.create({ github_url: url, prompt: "p", variations: 1, base }, undefined);
      return (await server.ended(runId)).failure;
    };
    const empty = join(dir, "empty");
    execFileSync("git", ["init", "-q", empty]);
    expect(await failureOf(empty)).toMatchObject({
      message: "The repository has no commit yet.",
      remedy: expect.stringMatching(/^Make a/),
    });
    expect(await failureOf(repository, "nowhere")).toMatchObject({
      message: 'There is no branch, tag or commit "nowhere" in this repository.',
      remedy: expect.stringMatching(/^Give one/),
    });
    const gone = await failureOf(join(dir, "nothing"));
    expect(gone).toMatchObject({
      message: expect.stringContaining("could not be fetched"),
      remedy: expect.stringMatching(/^Check the address/),
    });
    expect(gone?.message).not.toContain("Check the address");
  });

  it("does not say twice why an address is refused", async () => {
    const server = serve(createFakeExecutor(works));
    const message = "This address is refused: give another one.";
    server.context.git.openMirror = () => Promise.reject(new AppError("bad_request", message, [{ field: "github_url", message }]));
    const { failure } = await server.ended(await server.start(1));
    expect(failure).toMatchObject({ code: "repository", message, remedy: expect.stringMatching(/^Check the address and the branch/) });
  });

  it("says in the pane why a sandbox could not be made", async () => {
    const executor = createFakeExecutor(works);
    const server = serve({ ...executor, prepare: () => Promise.reject(new Error("namespaces are forbidden")) });
    const run = await server.ended(await server.start(1));
    expect(run.status).toBe("failed");
    expect(run.variations[0]?.failure).toMatchObject({ code: "sandbox", detail: "namespaces are forbidden" });
  });

  it("tells a full disk from a sandbox that does not work", async () => {
    const executor = createFakeExecutor(works);
    const server = serve({ ...executor, prepare: () => Promise.reject(new Error("cp: no space left on device")) });
    const run = await server.ended(await server.start(1));
    const remedy = expect.stringContaining("Free space");
    expect(run.variations[0]?.failure).toMatchObject({ code: "storage", remedy, detail: "cp: no space left on device" });
  });

  it("ends a run whose log has no room: its process at once, the run as soon as that can be written, and a retry works", async () => {
    const wide = Array.from({ length: 40 }, () => say("x".repeat(10_000)));
    const { program, open } = gated();
    const executor = createFakeExecutor(async function* (spec, stopped) {
      const inner = program(spec, stopped);
      if (spec.task.attempt > 0) return yield* works(spec);
      for (let n = 0; n < 20; n += 1) yield String((await inner.next()).value);
      await inner.next();
      yield* wide;
      await new Promise((resolve) => stopped.addEventListener("abort", resolve));
      return exited(0);
    });
    const server = serve(executor);
    const runId = await server.start(1);
    await server.until(runId, (run) => textOf(run).includes("20"));
    await database.$queryRawUnsafe("VACUUM");
    const [{ page_count: pages } = { page_count: 0 }] = await database.$queryRawUnsafe<{ page_count: bigint }[]>("PRAGMA page_count");
    await database.$queryRawUnsafe(`PRAGMA max_page_count = ${pages}`);
    open();
    const stopped = (): boolean => executor.calls.some((call) => call.startsWith("stop "));
    for (let tries = 0; tries < 1_000 && !stopped(); tries += 1) await pause(5);
    expect(stopped()).toBe(true);
    await database.$queryRawUnsafe("PRAGMA max_page_count = 1000000");
    const run = await server.ended(runId);
    expect(run.variations[0]?.failure).toMatchObject({ code: "storage", remedy: expect.stringContaining("Free space") });
    await server.runs.retry(runId);
    expect((await server.ended(runId)).status).toBe("completed");
  });

  it("refuses a new run while the disk has no room for it", async () => {
    const server = serve(createFakeExecutor(works));
    server.context.freeBytes = async () => 1_000_000;
    await expect(server.start(1)).rejects.toMatchObject({ code: "storage_full", message: expect.stringContaining("Free space") });
  });

  it("writes no secret down, however the agent cuts it, and bounds what one call may say", async () => {
    const pieces = [...`the key is ${SECRET}, it said`].map(say);
    const call = { callId: "c", tool: "command", kind: "command", title: `echo ${SECRET}` };
    const flood = JSON.stringify({ type: "tool.output", callId: "c", stream: "stdout", text: "x".repeat(500_000) });
    const server = serve(
      createFakeExecutor(async function* () {
        yield* pieces;
        yield JSON.stringify({ type: "tool.started", ...call });
        for (let n = 0; n < 6; n += 1) yield flood;
        yield JSON.stringify({ type: "tool.finished", callId: "c", ok: true, durationMs: 1 });
        yield JSON.stringify({ type: "text.delta", block: "t2.0", text: "and then it went on" });
        yield JSON.stringify({ type: "agent.failed", failure: { code: "agent_error", message: `no ${SECRET}`, remedy: "none" } });
        return exited(1);
      }),
    );
    const run = await server.ended(await server.start(1));
    const events = await server.events(run.runId);
    expect(JSON.stringify(events)).not.toContain(SECRET.slice(0, 12));
    expect(textOf(run)).toBe("the key is [redacted], it saidand then it went on");
    expect(run.variations[0]?.failure?.message).toBe("no [redacted]");
    const output = events.flatMap(({ event }) => (event.type === "tool.output" ? [event.text] : [])).join("");
    expect(output.length).toBeLessThan(1_100_000);
    expect(events.some(({ event }) => event.type === "output.truncated" && event.callId === "c")).toBe(true);
  });

  it("never says of a lost variation that it went on", async () => {
    const { program } = gated();
    const executor = createFakeExecutor(program);
    const before = serve(executor);
    const runId = await before.start(1);
    await before.until(runId, (run) => run.variations[0]?.status === "running");
    await before.drain();
    const lost: AttemptExit = { kind: "failed", failure: { code: "lost", message: "gone", remedy: "Run again." } };
    const after = serve({
      ...executor,
      alive: () => Promise.resolve(false),
      async *attach() {
        yield { type: "exit", exit: lost };
      },
    });
    await after.recover();
    const run = await after.ended(runId);
    expect(run.variations[0]?.failure?.code).toBe("lost");
    expect(run.restart).toMatchObject({ reattached: [], lost: [0] });
    expect((await after.events(runId)).some(({ event }) => event.type === "variation.reattached")).toBe(false);
  });

  it("stops an agent that repeats itself, and only that one", async () => {
    const executor = createFakeExecutor(async function* (spec, stopped) {
      if (spec.task.variation === 0) return yield* works(spec);
      for (let n = 0; !stopped.aborted; n += 1) {
        const callId = `c${n}`;
        yield JSON.stringify({ type: "tool.started", callId, tool: "command", kind: "command", title: "npm test" });
        yield JSON.stringify({ type: "tool.output", callId, stream: "stdout", text: "2 failed" });
        yield JSON.stringify({ type: "tool.finished", callId, ok: false, durationMs: n });
        await pause(1);
      }
      return exited(0);
    });
    const server = serve(executor);
    const run = await server.ended(await server.start(2));
    expect(run.variations.map(({ status, failure }) => [status, failure?.code])).toEqual([
      ["completed", undefined],
      ["failed", "no_progress"],
    ]);
    expect(run.variations[1]?.failure?.detail).toBe("“npm test”");
    expect(executor.calls.filter((call) => call.startsWith("stop "))).toHaveLength(1);
  });

  it("keeps the prompt's pictures, hands them to every attempt, and serves them back", async () => {
    const specs: AttemptSpec[] = [];
    const server = serve(
      createFakeExecutor(async function* (spec) {
        specs.push(spec);
        return yield* works(spec);
      }),
    );
    const picture = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 7, 7, 7]);
    const images = [{ data: picture.toString("base64") }];
    const { runId } = await server.runs.create({ github_url: repository, prompt: "p", variations: 2, images }, undefined);
    await server.ended(runId);
    expect(specs.map((spec) => spec.images?.map(({ mediaType }) => mediaType))).toEqual([["image/jpeg"], ["image/jpeg"]]);
    expect(await readFile(specs[0]?.images?.[0]?.hostPath ?? "")).toEqual(picture);
    expect(await server.runs.image(runId, 0)).toEqual({ mediaType: "image/jpeg", bytes: picture });
    await expect(server.runs.image(runId, 1)).rejects.toThrow("no picture 1");
    expect((await server.runs.describe(runId)).images).toEqual([
      { media_type: "image/jpeg", bytes: 7, url: `/api/v1/runs/${runId}/images/0` },
    ]);
  });

  it("keeps a tree of which not everything is in the last snapshot, and says so", async () => {
    const executor = createFakeExecutor(works, (spec) =>
      Promise.resolve({ commit: spec.baseCommit, warnings: ["sub is a submodule."], complete: false }),
    );
    const server = serve(executor);
    const run = await server.ended(await server.start(1));
    await server.drain();
    expect(executor.calls.some((call) => call.startsWith("cleanup "))).toBe(false);
    const notices = (run.variations[0]?.items ?? []).flatMap((item) => (item.kind === "notice" ? [item.text] : []));
    expect(notices).toEqual(["sub is a submodule.", "Not everything is in the last snapshot. The working tree is kept on the server."]);
  });

  it("keeps a tree whose last snapshot failed", async () => {
    const executor = createFakeExecutor(works, () => Promise.reject(new Error("disk full")));
    const server = serve(executor);
    const run = await server.ended(await server.start(1));
    await server.drain();
    expect(run.status).toBe("completed");
    expect(executor.calls.some((call) => call.startsWith("cleanup"))).toBe(false);
    expect(JSON.stringify(await server.events(run.runId))).toContain("disk full");
  });

  it("stops what runs and what waits, and starts nothing that was stopped while it waited", async () => {
    const { program } = gated();
    const executor = createFakeExecutor(program);
    const server = serve(executor, 1);
    const runId = await server.start(3);
    await server.until(runId, (run) => textOf(run, 0) !== "" && run.variations[2]?.queuePosition === 2);
    await server.runs.cancel(runId);
    const run = await server.ended(runId);
    expect(run.status).toBe("cancelled");
    expect(run.variations.map(({ status }) => status)).toEqual(["cancelled", "cancelled", "cancelled"]);
    await server.drain();
    expect((await server.events(runId)).at(-1)?.event.type).toBe("run.cancelled");
    expect(executor.calls.filter((call) => call.startsWith("start"))).toHaveLength(1);
  });
});

describe("another attempt", () => {
  it("starts anew what failed, on a fresh tree under its own name, while the others work on", async () => {
    const { program, open } = gated();
    const executor = createFakeExecutor(async function* (spec, stopped) {
      if (spec.task.variation === 0) return yield* program(spec, stopped);
      if (spec.task.attempt === 0) return exited(7);
      return yield* works(spec);
    });
    const server = serve(executor);
    const runId = await server.start(2);
    await server.until(runId, (run) => run.variations[1]?.status === "failed" && textOf(run, 0).includes("20"));
    await server.runs.retry(runId, 1);
    await expect(server.runs.retry(runId, 0)).rejects.toThrow("A has not ended");
    await server.until(runId, (run) => run.variations[1]?.status === "completed");
    open();
    const run = await server.ended(runId);
    expect(run.variations[1]).toMatchObject({ status: "completed", attempt: 1, failure: undefined });
    expect(textOf(run, 0)).toBe(counted);
    const name = (call: string): string[] => executor.calls.filter((one) => one.startsWith(call)).map((one) => one.split(" ")[1] ?? "");
    expect(name("start").sort()).toEqual([jobName(runId, 0), jobName(runId, 1), jobName(runId, 1, 1)]);
    const ends = (await server.events(runId)).filter(({ event }) => /^variation\.(completed|failed|cancelled)$/.test(event.type));
    expect(ends.map(({ variation, attempt }) => [variation, attempt])).toEqual([
      [1, 0],
      [1, 1],
      [0, 0],
    ]);
  });

  it("opens an ended run again, also when a restart comes in between", async () => {
    let works1 = false;
    const executor = createFakeExecutor(async function* (spec) {
      return works1 ? yield* works(spec) : exited(7);
    });
    const first = serve(executor, 0);
    const failing = serve(executor);
    const runId = await failing.start(3);
    expect((await failing.ended(runId)).status).toBe("failed");
    await failing.drain();
    works1 = true;
    // Nothing may run on this server: it ends with all three in its queue.
    await first.runs.retry(runId);
    await first.until(runId, ({ variations }) => variations.every(({ queuePosition }) => queuePosition !== undefined));
    await first.drain();
    const second = serve(executor);
    await second.recover();
    const run = await second.ended(runId);
    expect(run.status).toBe("completed");
    expect(run.variations.map(({ status, attempt }) => [status, attempt])).toEqual(Array.from({ length: 3 }, () => ["completed", 1]));
    await expect(second.runs.retry(runId)).rejects.toThrow("No variation");
  });
});

describe("a server that is asked to stop everything", () => {
  it("waits until every run has ended and its work is kept", async () => {
    const { program } = gated();
    const executor = createFakeExecutor(program);
    const server = serve(executor);
    const runIds = [await server.start(2), await server.start(1)];
    for (const runId of runIds) await server.until(runId, (run) => textOf(run).includes("20"));
    expect(await server.runs.stopAll()).toBeGreaterThanOrEqual(2);
    for (const runId of runIds) {
      const run = await server.runs.get(runId);
      expect(run.status).toBe("cancelled");
      expect(run.variations.every(({ snapshot }) => snapshot !== undefined)).toBe(true);
    }
  });
});

describe("a server that comes back", () => {
  it("goes on where the log ended, with every line once", async () => {
    const { program, open } = gated();
    const executor = createFakeExecutor(program);
    const first = serve(executor);
    const runId = await first.start(2);
    await first.until(runId, (run) => textOf(run, 0).includes("20") && textOf(run, 1).includes("20"));
    await first.drain();
    open();
    const second = serve(executor);
    await second.recover();
    const run = await second.ended(runId);
    expect(run.status).toBe("completed");
    expect([textOf(run, 0), textOf(run, 1)]).toEqual([counted, counted]);
    expect(executor.calls.filter((call) => call.startsWith("start"))).toHaveLength(2);
    const events = await second.events(runId);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
    expect(events.filter(({ event }) => event.type === "variation.reattached")).toHaveLength(2);
  });

  it("finds the sandbox that was started before it could be recorded", async () => {
    const { program, open } = gated();
    const executor = createFakeExecutor(program);
    let forget = true;
    const first = serve({
      ...executor,
      async start(spec) {
        const ref = await executor.start(spec);
        // What SIGKILL right after the start looks like: nothing is written down any more.
        if (forget) await new Promise(() => undefined);
        return ref;
      },
    });
    const runId = await first.start(1);
    while (!executor.calls.some((call) => call.startsWith("start"))) await pause(5);
    forget = false;
    open();
    const second = serve(executor);
    await second.recover();
    const run = await second.ended(runId);
    expect(run.status).toBe("completed");
    expect(textOf(run)).toBe(counted);
    expect(executor.calls.filter((call) => call.startsWith("start"))).toHaveLength(1);
  });

  it("follows what runs before anything that waits gets a place, whichever run is older", async () => {
    const { program, open } = gated();
    const executor = createFakeExecutor(async function* (spec, stopped) {
      if (spec.task.prompt === "older") return spec.task.attempt === 0 ? exited(7) : yield* works(spec);
      return yield* program(spec, stopped);
    });
    const first = serve(executor, 1);
    const create = async (prompt: string): Promise<string> =>
      (await first.runs.create({ github_url: repository, prompt, variations: 1 }, undefined)).runId;
    const older = await create("older");
    await first.ended(older);
    const newer = await create("newer");
    await first.until(newer, (run) => textOf(run).includes("20"));
    await first.runs.retry(older);
    await first.until(older, (run) => run.variations[0]?.queuePosition === 1);
    await first.drain();
    const second = serve(executor, 1);
    await second.recover();
    expect(second.context.queue.load()).toMatchObject({ running: 1 });
    const reattached = async (): Promise<boolean> =>
      (await second.events(newer)).some(({ event }) => event.type === "variation.reattached");
    for (let tries = 0; tries < 200 && !(await reattached()); tries += 1) await pause(5);
    expect(await reattached()).toBe(true);
    while (second.context.queue.load().waiting === 0) await pause(5);
    expect(second.context.queue.load()).toEqual({ running: 1, waiting: 1, capacity: 1 });
    expect((await second.runs.get(older)).variations[0]).toMatchObject({ status: "queued", queuePosition: 1 });
    open();
    expect((await second.ended(newer)).status).toBe("completed");
    expect((await second.ended(older)).status).toBe("completed");
    await second.drain();
    expect(second.context.queue.load()).toEqual({ running: 0, waiting: 0, capacity: 1 });
  });

  it("leaves alone what had ended", async () => {
    const executor = createFakeExecutor(works);
    const first = serve(executor);
    const runId = await first.start(1);
    const before = await first.ended(runId);
    await first.drain();
    const second = serve(executor);
    await second.recover();
    await second.drain();
    expect((await second.runs.get(runId)).lastSeq).toBe(before.lastSeq);
  });
});
