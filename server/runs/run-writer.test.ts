import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NewRunEvent, RunEvent } from "@/lib/run/events";
import { decodeEvents } from "../storage/encoded-events";
import { type Database, openDatabase } from "../storage/prisma/database";
import { createPrismaEventLog } from "../storage/prisma/event-log";
import { createPrismaRunIndex } from "../storage/prisma/run-index";
import { createRunFeed } from "./run-feed";
import { createRunWriter, type RunWriter } from "./run-writer";

let dir: string;
let database: Database;
let runs = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "aideator-writer-"));
  database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
});

afterAll(async () => {
  await database.$disconnect();
  await rm(dir, { recursive: true, force: true });
});

const text = (word: string): NewRunEvent => ({ at: 5, variation: 0, attempt: 0, event: { type: "text.delta", block: "t1.0", text: word } });

function open(): { writer: RunWriter; feed: ReturnType<typeof createRunFeed> } {
  const log = createPrismaEventLog(database);
  const writer = createRunWriter(log, () => 7);
  return { writer, feed: createRunFeed(log, writer) };
}

async function newRun(writer: RunWriter): Promise<string> {
  const project = await createPrismaRunIndex(database).projectFor("https://example.com/a/b", "a/b");
  runs += 1;
  const runId = `writer${String(runs).padStart(10, "0")}`;
  const variations = [{ agent: "builtin", model: "demo" }];
  const event = { type: "run.created" as const, prompt: "p", projectId: project.id, repositoryUrl: "u", repositoryName: "n", variations };
  await writer.create({ runId, projectId: project.id, createdAt: 1, events: [{ at: 1, event }] });
  return runId;
}

describe("the run writer", () => {
  it("keeps order and loses nothing when many write at once", async () => {
    const { writer } = open();
    const runId = await newRun(writer);
    const seen: number[] = [];
    writer.onCommit((_, events) => seen.push(...events.map(({ seq }) => seq)));
    await Promise.all(Array.from({ length: 40 }, (_, index) => writer.record(runId, [text(`${index}`)])));
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index + 2));
  });

  it("decides again on the newest state when another process has written", async () => {
    const [one, other] = [open().writer, open().writer];
    const runId = await newRun(one);
    await other.state(runId);
    await one.command(runId, { type: "run.stop" });
    const result = await other.command(runId, { type: "run.stop" });
    // The first had asked for the stop and ended the queued variation: nothing is left to say, and nothing is said twice.
    expect(result).toMatchObject({ ok: true, events: [] });
  });

  it("takes lines that were logged before only once, also after a restart", async () => {
    const before = open().writer;
    const runId = await newRun(before);
    await createPrismaRunIndex(database).issueToken({ runId, variation: 0, attempt: 0, model: "demo", tokenHash: runId });
    const cursor = { variation: 0, attempt: 0, from: 0, to: 2 };
    expect(await before.record(runId, [text("a")], cursor)).toBe(true);
    expect(await open().writer.record(runId, [text("a")], cursor)).toBe(false);
  });

  it("answers a rejection, not an exception, for what cannot be", async () => {
    const { writer } = open();
    expect(await writer.command("nosuchrun00000", { type: "run.stop" })).toMatchObject({ ok: false, rejected: { code: "not_found" } });
  });
});

describe("the run feed", () => {
  /** Reads until `count` events are there. */
  async function take(feed: ReturnType<typeof createRunFeed>, runId: string, after: number, count: number): Promise<RunEvent[]> {
    const stop = new AbortController();
    const events: RunEvent[] = [];
    for await (const batch of feed.follow(runId, after, { signal: stop.signal, limit: 7 })) {
      events.push(...decodeEvents(batch.events));
      if (events.length >= count) stop.abort();
    }
    return events;
  }

  it("joins history and live without a gap, for whoever comes in the middle of a burst", async () => {
    const { writer, feed } = open();
    const runId = await newRun(writer);
    const readers = Array.from({ length: 10 }, (_, index) => take(feed, runId, index, 201 - index));
    const late: Promise<RunEvent[]>[] = [];
    for (let index = 0; index < 200; index += 1) {
      await writer.record(runId, [text(`${index}`)]);
      if (index % 50 === 25) late.push(take(feed, runId, 0, 201));
    }
    for (const [index, events] of (await Promise.all(readers)).entries()) {
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 201 - index }, (_, at) => at + index + 1));
    }
    for (const events of await Promise.all(late))
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 201 }, (_, at) => at + 1));
  });

  it("serves what a server wrote before it was restarted", async () => {
    const before = open();
    const runId = await newRun(before.writer);
    await before.writer.record(runId, [text("a"), text("b")]);
    const after = open();
    const reading = take(after.feed, runId, 1, 3);
    await after.writer.record(runId, [text("c")]);
    expect((await reading).map(({ seq }) => seq)).toEqual([2, 3, 4]);
  });

  it("lets go when the reader leaves while nothing happens", async () => {
    const { writer, feed } = open();
    const runId = await newRun(writer);
    const stop = new AbortController();
    const done = (async () => {
      for await (const _ of feed.follow(runId, 1, { signal: stop.signal }));
    })();
    stop.abort();
    await done;
  });
});
