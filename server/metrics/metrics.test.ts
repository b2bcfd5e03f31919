import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRunFeed } from "../runs/run-feed";
import { createRunQueue } from "../runs/run-queue";
import { createRunWriter, type RunWriter } from "../runs/run-writer";
import { createPrismaCallStore } from "../storage/prisma/call-store";
import { type Database, openDatabase } from "../storage/prisma/database";
import { createPrismaEventLog } from "../storage/prisma/event-log";
import { createPrismaRunIndex } from "../storage/prisma/run-index";
import { createMetrics, type Metrics } from "./metrics";

let dir: string;
let database: Database;
let writer: RunWriter;
let metrics: Metrics;
let projectId: string;
const clock = { now: 1_000_000 };

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "aid-metrics-"));
  database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
  const eventLog = createPrismaEventLog(database);
  const index = createPrismaRunIndex(database);
  projectId = (await index.projectFor("https://example.com/a/b", "a/b")).id;
  writer = createRunWriter(eventLog, () => clock.now);
  metrics = createMetrics({ version: "1.2.3", now: () => clock.now });
  metrics.watchRuns({ writer, index, queue: createRunQueue(3), feed: createRunFeed(eventLog, writer), freeBytes: async () => 5_000 });
});

afterAll(async () => {
  await database.$disconnect();
  await rm(dir, { recursive: true, force: true });
});

/** The value of one series. */
async function value(series: string): Promise<number> {
  const line = (await metrics.render()).split("\n").find((text) => text.startsWith(`${series} `));
  return Number(line?.slice(series.length));
}

test("what may be counted begins at 0: the first of its kind is growth as well", async () => {
  for (const series of [
    'aideator_runs_total{event="failed"}',
    'aideator_variations_ended_total{outcome="completed",code=""}',
    'aideator_variations_ended_total{outcome="failed",code="out_of_memory"}',
  ]) {
    expect(await value(series), series).toBe(0);
  }
  metrics.expectModels(["unused"]);
  expect(await value('aideator_model_calls_total{model="unused",outcome="failed"}')).toBe(0);
  expect(await value('aideator_model_tokens_total{model="unused",kind="cache_write"}')).toBe(0);
  expect(await value('aideator_model_dollars_total{model="unused"}')).toBe(0);
  expect(await value('aideator_model_first_byte_seconds_count{model="unused"}')).toBe(0);
});

test("runs, variations and events are counted from what is committed", async () => {
  const created = { prompt: "p", projectId, repositoryUrl: "u", repositoryName: "n" };
  const variations = [
    { agent: "builtin", model: "demo" },
    { agent: "builtin", model: "demo" },
  ];
  const event = { type: "run.created" as const, ...created, variations };
  await writer.create({ runId: "metricsrun000", projectId, createdAt: clock.now, events: [{ at: clock.now, event }] });
  // In one answer: no gauge may say what another one said the time before.
  const text = await metrics.render();
  expect(text).toContain('aideator_runs{state="starting"} 1\n');
  expect(text).toContain('aideator_variations{state="queued"} 2\n');
  // Both models that a run will call are there before they are called.
  expect(await value('aideator_model_calls_total{model="demo",outcome="answered"}')).toBe(0);
  clock.now += 2_000;
  const failure = { code: "timeout" as const, message: "m", remedy: "r" };
  const ended = [
    { at: clock.now - 2_000, variation: 0, attempt: 0, event: { type: "variation.failed" as const, failure } },
    { at: clock.now, variation: 1, attempt: 0, event: { type: "variation.cancelled" as const } },
  ];
  await writer.record("metricsrun000", ended);
  expect(await value('aideator_variations_ended_total{outcome="failed",code="timeout"}')).toBe(1);
  expect(await value('aideator_variations_ended_total{outcome="cancelled",code=""}')).toBe(1);
  expect(await value('aideator_variations{state="failed"}')).toBe(1);
  expect(await value("aideator_events_total")).toBe(3);
  expect(await value('aideator_event_commit_lag_seconds_bucket{le="1"}')).toBe(1);
  expect(await value('aideator_event_commit_lag_seconds_bucket{le="2"}')).toBe(2);
});

test("readers are counted while they read", async () => {
  const feed = createRunFeed(createPrismaEventLog(database), writer);
  const watched = createMetrics({ version: "1", now: Date.now });
  watched.watchRuns({ writer, index: createPrismaRunIndex(database), queue: createRunQueue(3), feed, freeBytes: async () => 0 });
  const reading = new AbortController();
  const batches = feed.follow("metricsrun000", 0, { signal: reading.signal });
  await batches.next();
  expect(await watched.render()).toContain("aideator_subscribers 1\n");
  reading.abort();
  await batches.next();
  expect(await watched.render()).toContain("aideator_subscribers 0\n");
});

test("calls to models are counted by what they cost, and still kept", async () => {
  const calls = createPrismaCallStore(database);
  const watched = metrics.watchCalls(calls);
  const call = { runId: "metricsrun000", projectId, variation: 0, attempt: 0, requestedModel: "m", model: "m", startedAt: clock.now };
  const counts = { inputTokens: 100, outputTokens: 7, cacheReadTokens: 5, cacheWriteTokens: 3, cacheWrite1hTokens: 0 };
  const end = { outcome: "answered" as const, status: 200, counts, dollars: 0.25, firstByteMs: 300, totalMs: 900 };
  await watched.end({ ...call, id: "call1" }, end);
  await watched.end({ ...call, id: "call2" }, { outcome: "failed", status: 529, dollars: 0, totalMs: 5 });
  expect(await value('aideator_model_calls_total{model="m",outcome="answered"}')).toBe(1);
  expect(await value('aideator_model_calls_total{model="m",outcome="failed"}')).toBe(1);
  expect(await value('aideator_model_tokens_total{model="m",kind="output"}')).toBe(7);
  expect(await value('aideator_model_dollars_total{model="m"}')).toBe(0.25);
  expect(await value('aideator_model_first_byte_seconds_bucket{le="0.25",model="m"}')).toBe(0);
  expect(await value('aideator_model_first_byte_seconds_bucket{le="0.5",model="m"}')).toBe(1);
  expect(await calls.list("metricsrun000", { limit: 10 })).toHaveLength(2);
});

test("a call that the provider broke off is told from one that was ended here, and kept like it", async () => {
  const calls = createPrismaCallStore(database);
  const watched = metrics.watchCalls(calls);
  const call = { runId: "metricsrun001", projectId, variation: 0, attempt: 0, requestedModel: "n", model: "n", startedAt: clock.now };
  const end = { outcome: "cut" as const, status: 200, dollars: 0, totalMs: 900 };
  await watched.end({ ...call, id: "call3" }, { ...end, providerBroke: true });
  await watched.end({ ...call, id: "call4" }, { ...end, providerBroke: false });
  expect(await value('aideator_model_calls_total{model="n",outcome="broken"}')).toBe(1);
  expect(await value('aideator_model_calls_total{model="n",outcome="cut"}')).toBe(1);
  expect(await calls.list("metricsrun001", { limit: 10 })).toMatchObject([{ outcome: "cut" }, { outcome: "cut" }]);
});

test("runs cannot make series without end by naming models: the 51st that nobody expects is one of the others", async () => {
  const own = createMetrics({ version: "1", now: () => clock.now });
  const index = createPrismaRunIndex(database);
  const feed = createRunFeed(createPrismaEventLog(database), writer);
  own.watchRuns({ writer, index, queue: createRunQueue(3), feed, freeBytes: async () => 5_000 });
  own.expectModels(["priced"]);
  const created = { prompt: "p", projectId, repositoryUrl: "u", repositoryName: "n" };
  const variations = Array.from({ length: 60 }, (_, at) => ({ agent: "builtin", model: `made-up-${at}` }));
  const event = { type: "run.created" as const, ...created, variations };
  await writer.create({ runId: "metricsrun002", projectId, createdAt: clock.now, events: [{ at: clock.now, event }] });
  const watched = own.watchCalls({ ...createPrismaCallStore(database), end: () => Promise.resolve() });
  const call = { id: "c", runId: "metricsrun002", projectId, variation: 0, attempt: 0, requestedModel: "m", startedAt: clock.now };
  for (const model of ["priced", "made-up-49", "made-up-50", "made-up-51"]) {
    await watched.end({ ...call, model }, { outcome: "answered", status: 200, dollars: 0, totalMs: 1 });
  }
  // Expected later, it has its own.
  own.expectModels(["priced later"]);
  const text = await own.render();
  const answered = [...text.matchAll(/^aideator_model_calls_total\{model="([^"]*)",outcome="answered"\} (\d+)$/gm)];
  expect(answered.filter(([, , count]) => count !== "0").map(([, model, count]) => [model, count])).toEqual([
    ["priced", "1"],
    ["made-up-49", "1"],
    ["other", "2"],
  ]);
  expect(answered).toHaveLength(53);
});

test("the queue, the disk and the version are told", async () => {
  expect(await value('aideator_queue{what="capacity"}')).toBe(3);
  expect(await value("aideator_data_free_bytes")).toBe(5_000);
  expect(await value('aideator_build_info{version="1.2.3"}')).toBe(1);
});
