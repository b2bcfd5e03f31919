import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import type { Executor } from "../executors/executor";
import { createRunFeed } from "../runs/run-feed";
import { createRunQueue } from "../runs/run-queue";
import { createRunWriter } from "../runs/run-writer";
import { openDatabase } from "../storage/prisma/database";
import { createPrismaEventLog } from "../storage/prisma/event-log";
import { createPrismaRunIndex } from "../storage/prisma/run-index";
import { chartQueries, RULES, unknownNames } from "./chart-queries-harness";
import { createMetrics } from "./metrics";

const run = promisify(execFile);
const promtool = await run("promtool", ["--version"]).then(
  () => true,
  () => false,
);

/** Of a server that counted something of every kind. */
async function exposed(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "aid-chart-queries-"));
  const database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
  onTestFinished(async () => {
    await database.$disconnect();
    await rm(dir, { recursive: true, force: true });
  });
  const log = createPrismaEventLog(database);
  const writer = createRunWriter(log, Date.now);
  const metrics = createMetrics({ version: "1", now: Date.now });
  const parts = { writer, index: createPrismaRunIndex(database), queue: createRunQueue(1), feed: createRunFeed(log, writer) };
  metrics.watchRuns({ ...parts, freeBytes: async () => 1 });
  metrics.expectModels(["demo"]);
  metrics.request({ method: "GET", route: "/api/v1/runs/{id}/stream", status: 200, seconds: 1 });
  const broken = { kind: "local", alive: () => Promise.reject(new Error("away")) } as unknown as Executor;
  await expect(metrics.watchExecutor(broken).alive({ executor: "local", name: "n", data: {} })).rejects.toThrow("away");
  return metrics.render();
}

test("alerts and dashboard name only what the server exposes", async () => {
  const queries = await chartQueries();
  expect(queries.length).toBeGreaterThan(20);
  expect(unknownNames(queries, await exposed())).toEqual([]);
});

test("a metric, a label or a value that is not exposed is found", async () => {
  const text = await exposed();
  const unknown = (expr: string, legend = ""): string[] => unknownNames([{ where: "Panel", expr, legend }], text);
  expect(unknown('sum(aideator_renamed{job="$job"})')).toEqual(["Panel: aideator_renamed"]);
  expect(unknown('aideator_queue{kind="waiting"}')).toEqual(['Panel: aideator_queue{kind="waiting"}']);
  expect(unknown('aideator_runs{state=~"running|standing"}')).toEqual(['Panel: aideator_runs{state="standing"}']);
  expect(unknown("sum by (status) (aideator_runs)", "{{status}} {{code}}")).toEqual([
    "Panel: by (status)",
    "Panel: {{code}} is not grouped by",
  ]);
  expect(unknown("sum by (le) (rate(aideator_event_commit_lag_seconds_bucket[5m]))")).toEqual([]);
});

test.skipIf(!promtool)("each alert fires on what it is for, and on nothing else", async () => {
  await run("promtool", ["check", "rules", RULES]);
  await run("promtool", ["test", "rules", fileURLToPath(new URL("alerts.promtool.yaml", import.meta.url))]);
});

test.skipIf(!promtool)("promtool has nothing against names and help", async () => {
  // Of Node's own metrics each version of promtool thinks otherwise.
  const own = (await exposed()).split("\n").filter((line) => /^(# (HELP|TYPE) )?aideator_/.test(line));
  const checked = run("promtool", ["check", "metrics"]);
  checked.child.stdin?.end(`${own.join("\n")}\n`);
  const said = (await checked).stderr.split("\n");
  expect(said.filter((line) => line.includes("aideator_"))).toEqual([]);
});
