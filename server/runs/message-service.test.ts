import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendMessageSchema } from "@/lib/protocol/messages";
import { isTerminal, type RunState } from "@/lib/run/state";
import type { AttemptExit, AttemptSpec, CollectedTree } from "../executors/executor";
import { createFakeExecutor, type FakeExecutor } from "../executors/fake/fake-executor";
import { createGitStore } from "../git/git-store-disk";
import { parseRepositoryAddress } from "../git/repository-address";
import { type Database, openDatabase } from "../storage/prisma/database";
import { createPrismaEventLog } from "../storage/prisma/event-log";
import { createPrismaRunIndex } from "../storage/prisma/run-index";
import { createRunImages } from "../storage/run-images-disk";
import { createRunConductor } from "./conduct-run";
import { createMessageService } from "./message-service";
import { recoverRuns } from "./recover-runs";
import { redactSecrets } from "./redact-secrets";
import type { RunContext } from "./run-context";
import { createRunQueue } from "./run-queue";
import { createRunService } from "./run-service";
import { createRunWriter } from "./run-writer";

// Real git and database; the executor is faked: each attempt appends its number to a.txt of the tree that it was started with.
let dir: string;
let repository: string;
let database: Database;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "aideator-messages-"));
  repository = join(dir, "repository");
  execFileSync("git", ["init", "-q", "-b", "main", repository]);
  await writeFile(join(repository, "a.txt"), "one\ntwo\nthree\n");
  execFileSync("git", ["add", "-A"], { cwd: repository });
  execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "base"], { cwd: repository });
  database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
});

afterAll(async () => {
  await database.$disconnect();
  await rm(dir, { recursive: true, force: true });
});

function serve(executor: FakeExecutor) {
  const draining = new AbortController();
  const log = createPrismaEventLog(database);
  const context: RunContext = {
    writer: createRunWriter(log, Date.now),
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
  const conductor = createRunConductor(context);
  const runs = createRunService(context, conductor, { defaultModel: () => "demo", refuseModel: () => undefined });
  const messages = createMessageService(context, conductor);
  async function until(runId: string, holds: (run: RunState) => boolean): Promise<RunState> {
    for (let tries = 0; tries < 2_000; tries += 1) {
      const run = await runs.get(runId);
      if (holds(run)) return run;
      await pause(5);
    }
    throw new Error(`it did not get there: ${JSON.stringify(await runs.get(runId)).slice(0, 2_000)}`);
  }
  return {
    runs,
    messages,
    until,
    git: context.git,
    start: async (variations: number) => (await runs.create({ github_url: repository, prompt: "p", variations }, undefined)).runId,
    ended: (runId: string) => until(runId, ({ status }) => isTerminal(status)),
    send: (runId: string, body: object, key?: string) => messages.send(runId, sendMessageSchema.parse(body), "you", key),
    textAt: async (runId: string, commit: string | undefined) => {
      const entry = await context.git.entryAt(runId, commit ?? "", "a.txt");
      return (await context.git.readBlob(runId, entry?.blob ?? "")).text;
    },
    events: (runId: string) => log.read(runId, 0, 10_000),
    recover: () => recoverRuns(context, conductor),
    async drain() {
      draining.abort();
      await conductor.settled();
    },
  };
}

const finished = (spec: AttemptSpec): string => JSON.stringify({ type: "agent.finished", summary: `done ${spec.task.attempt}` });
const exited: AttemptExit = { kind: "exited", code: 0 };

/** What an attempt's sandbox would give: the tree that it started with, and a line more. */
async function grown(spec: AttemptSpec): Promise<CollectedTree> {
  const store = await mkdtemp(join(dir, "tree-"));
  const git = (args: string[], input?: string | Buffer): Buffer => execFileSync("git", args, { cwd: store, input });
  git(["clone", "-q", "--shared", spec.mirrorPath, "."]);
  if (spec.start !== undefined) {
    const chunks: Buffer[] = [];
    for await (const chunk of spec.start.pack()) chunks.push(chunk as Buffer);
    git(["index-pack", "--stdin", "--fix-thin"], Buffer.concat(chunks));
    git(["read-tree", "--reset", "-u", spec.start.commit]);
  }
  execFileSync("sh", ["-c", `echo attempt-${spec.task.variation}-${spec.task.attempt} >> a.txt`], { cwd: store });
  git(["add", "-A"]);
  const tree = String(git(["write-tree"])).trim();
  const commit = String(
    git(["-c", "user.name=T", "-c", "user.email=t@e.com", "commit-tree", tree, "-p", spec.baseCommit, "-m", "s"]),
  ).trim();
  const packFile = join(store, ".git", "taken.pack");
  await writeFile(packFile, git(["pack-objects", "--revs", "--thin", "--stdout", "-q"], `${commit}\n^${spec.baseCommit}\n`));
  return { commit, packFile, warnings: [], complete: true };
}

/** Agents that wait at a gate, but for those whose attempt is let through. */
function gated() {
  const specs: AttemptSpec[] = [];
  const gates = new Map<string, { open: () => void; opened: Promise<void> }>();
  const gate = (variation: number, attempt: number) => {
    const key = `${variation}.${attempt}`;
    let open = (): void => undefined;
    const made = gates.get(key) ?? { opened: new Promise<void>((resolve) => (open = resolve)), open: () => open() };
    gates.set(key, made);
    return made;
  };
  const executor = createFakeExecutor(async function* (spec, stopped) {
    specs.push(spec);
    yield JSON.stringify({ type: "text.delta", block: "t1.0", text: `working ${spec.task.attempt}` });
    await Promise.race([
      gate(spec.task.variation, spec.task.attempt).opened,
      new Promise((resolve) => stopped.addEventListener("abort", resolve)),
    ]);
    yield finished(spec);
    return exited;
  }, grown);
  return { executor, specs, open: (variation: number, attempt: number) => gate(variation, attempt).open() };
}

describe("messages to variations", () => {
  it("continue those that have ended, in their own trees, with the conversation so far; the base stays the run's", async () => {
    const { executor, specs, open } = gated();
    const server = serve(executor);
    const runId = await server.start(2);
    open(0, 0);
    open(1, 0);
    await server.ended(runId);
    const sent = await server.send(runId, { text: "Now the tests.", variations: [1] });
    expect(sent.recipients).toEqual([{ variation_id: 1, state: "delivered", attempt: 1, turn: null }]);
    open(1, 1);
    const run = await server.ended(runId);
    expect(run.status).toBe("completed");
    const [a, b] = run.variations;
    expect(await server.textAt(runId, a?.snapshot?.commit)).toBe("one\ntwo\nthree\nattempt-0-0\n");
    expect(await server.textAt(runId, b?.snapshot?.commit)).toBe("one\ntwo\nthree\nattempt-1-0\nattempt-1-1\n");
    expect(b?.snapshot).toMatchObject({ files: 1, added: 2, deleted: 0 });
    const follow = specs.find(({ task }) => task.attempt === 1);
    expect(follow?.task.prompt).toBe("p");
    expect(follow?.task.followUp).toMatchObject({ number: 1, earlier: [{ answered: "done 0" }], message: "Now the tests." });
    expect(follow?.task.followUp?.record).toContain("working 0");
    const listed = (await server.messages.list(runId)).messages;
    expect(listed).toMatchObject([{ text: "Now the tests.", recipients: [{ attempt: 1, turn: 2 }] }]);
    await server.drain();
  });

  it("to an agent at work wait for its end, can be taken back, and are given once", async () => {
    const { executor, specs, open } = gated();
    const server = serve(executor);
    const runId = await server.start(1);
    await server.until(runId, (run) => run.variations[0]?.status === "running");
    const one = await server.send(runId, { text: "one", all: true }, "key-1");
    const again = await server.send(runId, { text: "one", all: true }, "key-1");
    expect(again.id).toBe(one.id);
    await expect(server.send(runId, { text: "another", all: true }, "key-1")).rejects.toMatchObject({ code: "conflict" });
    const two = await server.send(runId, { text: "two", variations: [0] });
    await server.send(runId, { text: "three", variations: [0] });
    expect(one.recipients).toEqual([{ variation_id: 0, state: "waiting", attempt: null, turn: null }]);
    expect((await server.messages.withdraw(runId, two.id, "you")).recipients[0]?.state).toBe("withdrawn");
    open(0, 0);
    open(0, 1);
    await server.ended(runId);
    expect(specs.map(({ task }) => task.followUp?.message)).toEqual([undefined, "one\n\nthree"]);
    await expect(server.messages.withdraw(runId, one.id, "you")).rejects.toMatchObject({ code: "conflict" });
    await server.drain();
  });

  it("survive a server that dies while they wait, and one that dies while they are answered: nothing lost, nothing twice", async () => {
    const { executor, specs, open } = gated();
    const first = serve(executor);
    const runId = await first.start(1);
    await first.until(runId, (run) => run.variations[0]?.status === "running");
    await first.send(runId, { text: "remember", all: true });
    await first.drain();

    const second = serve(executor);
    await second.recover();
    open(0, 0);
    await second.until(runId, (run) => run.variations[0]?.attempt === 1 && run.variations[0].status === "running");
    await second.drain();

    const third = serve(executor);
    await third.recover();
    open(0, 1);
    const run = await third.ended(runId);
    expect(run.variations[0]).toMatchObject({ status: "completed", attempt: 1, summary: "done 1" });
    expect(specs.map(({ task }) => task.followUp?.message)).toEqual([undefined, "remember"]);
    const events = await third.events(runId);
    expect(events.filter(({ event }) => event.type === "variation.requeued")).toHaveLength(1);
    expect(await third.textAt(runId, run.variations[0]?.snapshot?.commit)).toBe("one\ntwo\nthree\nattempt-0-0\nattempt-0-1\n");
    await third.drain();
  });

  it("continue a variation that was stopped; a selection stays on what was selected", async () => {
    const { executor, open } = gated();
    const server = serve(executor);
    const runId = await server.start(1);
    await server.until(runId, (run) => run.variations[0]?.status === "running");
    await server.runs.cancel(runId, 0);
    const stopped = await server.ended(runId);
    expect(stopped.status).toBe("cancelled");
    await server.runs.select(runId, { winner: 0 }, undefined, "you");
    open(0, 1);
    await server.send(runId, { text: "go on", all: true });
    const run = await server.ended(runId);
    expect(run.status).toBe("completed");
    expect(run.selection?.commit).toBe(stopped.variations[0]?.snapshot?.commit);
    expect(run.selection?.commit).not.toBe(run.variations[0]?.snapshot?.commit);
    await server.drain();
  });
});

describe("comments", () => {
  it("take the exact lines, their blob and the change around them from the run's trees", async () => {
    const { executor, specs, open } = gated();
    const server = serve(executor);
    const runId = await server.start(2);
    open(0, 0);
    open(1, 0);
    const run = await server.ended(runId);
    const [item] = run.variations[1]?.items ?? [];
    const lines = (at: string, from: number, to: number) => ({ kind: "lines", at, path: "a.txt", from, to });
    const sent = await server.send(runId, {
      variations: [0],
      comments: [
        { on: lines("base", 1, 2), text: "Why?" },
        { on: lines("b", 4, 4), port: true },
        { on: { kind: "item", variation_id: 1, seq: item?.seq }, text: "So?" },
      ],
    });
    const commit = run.variations[1]?.snapshot?.commit;
    const entry = await server.git.entryAt(runId, commit ?? "", "a.txt");
    expect(sent.comments).toMatchObject([
      { on: { quote: "one\ntwo", commit: run.base?.commit }, text: "Why?", resolved: false },
      {
        on: { variation: 1, quote: "attempt-1-0", commit, blob: entry?.blob },
        port: "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,4 @@\n one\n two\n three\n+attempt-1-0\n",
      },
      { on: { kind: "item", variation: 1, title: "it said", quote: "working 0" } },
    ]);
    open(0, 1);
    await server.ended(runId);
    expect(specs.at(-1)?.task.followUp?.message).toContain("+attempt-1-0");
    const [first] = sent.comments;
    expect((await server.messages.resolve(runId, first?.id ?? "", true, "you")).comments.map(({ resolved }) => resolved)).toEqual([
      true,
      false,
      false,
    ]);
    const reply = await server.send(runId, {
      variations: [0],
      comments: [{ on: lines("base", 1, 2), text: "Still.", reply_to: first?.id }],
    });
    expect(reply.comments[0]?.reply).toEqual({ to: first?.id, earlier: ["Why?"] });
    // A reply to a reply goes on the same thread.
    const again = await server.send(runId, {
      variations: [0],
      comments: [{ on: lines("base", 1, 2), text: "Yet?", reply_to: reply.comments[0]?.id }],
    });
    expect(again.comments[0]?.reply).toEqual({ to: first?.id, earlier: ["Why?", "Still."] });
    const strange = { on: lines("base", 1, 2), text: "x", reply_to: `${"0".repeat(16)}-1` };
    await expect(server.send(runId, { all: true, comments: [strange] })).rejects.toMatchObject({
      fields: [{ field: "comments.0.reply_to" }],
    });
    const wrong = (on: object, port = false) => server.send(runId, { all: true, comments: [{ on, text: "x", port }] });
    await expect(wrong(lines("b", 4, 9))).rejects.toMatchObject({ fields: [{ field: "comments.0.on.to", message: "a.txt has 4 lines." }] });
    await expect(wrong({ ...lines("b", 1, 1), path: "none.txt" })).rejects.toMatchObject({ fields: [{ field: "comments.0.on.path" }] });
    await expect(wrong(lines("b", 1, 1), true)).rejects.toMatchObject({ message: expect.stringContaining("no change to port") });
    await expect(wrong({ kind: "item", variation_id: 0, seq: 9_999 })).rejects.toMatchObject({ fields: [{ field: "comments.0.on.seq" }] });
    await server.drain();
  });
});
