import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { NewRunEvent } from "@/lib/run/events";
import { isStorageError } from "../storage-error";
import { type Database, openDatabase } from "./database";
import { createPrismaEventLog } from "./event-log";
import { guardStorage } from "./guard-storage";
import { createPrismaRunIndex } from "./run-index";

let dir: string;
let database: Database;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "aideator-guard-"));
  database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
});
afterEach(async () => {
  await database.$disconnect();
  await rm(dir, { recursive: true, force: true });
});

const said = (text: string): NewRunEvent => ({ at: 1, variation: 0, attempt: 0, event: { type: "text.delta", block: "1.0", text } });

async function openRun(runId: string) {
  const log = createPrismaEventLog(database);
  const project = await createPrismaRunIndex(database).projectFor("/r", "r");
  const projection = { status: "running", summary: "{}" };
  await log.create({ runId, projectId: project.id, createdAt: 1, events: [said("0")], projection });
  return log;
}

it("waits for a database that another program has locked, in order, and lets everything else go on meanwhile", async () => {
  const runs = ["run0000000000000", "run0000000000001", "run0000000000002"];
  const log = await openRun(runs[0] ?? "");
  for (const runId of runs.slice(1)) await openRun(runId);
  const other = new SqliteDatabase(join(dir, "log.db"));
  other.exec("BEGIN EXCLUSIVE");
  let ticks = 0;
  const ticking = setInterval(() => {
    ticks += 1;
  }, 10);
  let done = 0;
  const appended = runs.map(async (runId) => {
    for (let seq = 1; seq <= 3; seq += 1) {
      expect(await log.append(runId, { events: [said(String(seq))], ifSeq: seq })).toMatchObject({ ok: true });
      done += 1;
    }
  });
  await pause(6_000);
  expect(done).toBe(0);
  // A driver that waits by itself leaves no turn at all.
  expect(ticks).toBeGreaterThan(20);
  other.exec("COMMIT");
  other.close();
  await Promise.all(appended);
  clearInterval(ticking);
  for (const runId of runs) expect((await log.read(runId, 0, 100)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
});

it("says that the disk is full, stores nothing of what it refused, and goes on when there is room", async () => {
  const runId = "run0000000000000";
  const log = await openRun(runId);
  const [{ page_count: pages } = { page_count: 0 }] = await database.$queryRawUnsafe<{ page_count: bigint }[]>("PRAGMA page_count");
  await database.$queryRawUnsafe(`PRAGMA max_page_count = ${pages}`);
  const refused = await log.append(runId, { events: [said("x".repeat(100_000))], ifSeq: 1 }).catch((error: unknown) => error);
  expect(isStorageError(refused) && refused.trouble).toBe("full");
  expect(await log.lastSeq(runId)).toBe(1);
  await database.$queryRawUnsafe("PRAGMA max_page_count = 1000000");
  expect(await log.append(runId, { events: [said("x".repeat(100_000))], ifSeq: 1 })).toMatchObject({ ok: true });
});

it("gives up on a lock that stays, and passes other errors on as they are", async () => {
  let calls = 0;
  const locked = guardStorage(
    { read: () => Promise.reject(Object.assign(new Error("x"), { code: "SQLITE_BUSY", calls: (calls += 1) })) },
    300,
  );
  expect(await locked.read().catch((error: unknown) => isStorageError(error) && error.trouble)).toBe("busy");
  expect(calls).toBeGreaterThan(1);
  const broken = guardStorage({ read: () => Promise.reject(new Error("no such table")) });
  await expect(broken.read()).rejects.toThrow("no such table");
});
