import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EventLogHarness, eventLogContract } from "../event-log.contract";
import { type Database, openDatabase } from "./database";
import { createPrismaEventLog } from "./event-log";
import { migrateSqlite } from "./migrate";
import { createPrismaRunIndex } from "./run-index";

let dir: string;
let database: Database;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "aideator-log-"));
  database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
});

afterAll(async () => {
  await database.$disconnect();
  await rm(dir, { recursive: true, force: true });
});

async function open(): Promise<EventLogHarness> {
  const index = createPrismaRunIndex(database);
  const project = await index.projectFor("https://example.com/a/b", "a/b");
  let tokens = 0;
  return {
    log: createPrismaEventLog(database),
    projectId: project.id,
    async issueAttempt(runId) {
      tokens += 1;
      await index.issueToken({ runId, variation: 0, attempt: 0, model: "demo", tokenHash: `${runId}-${tokens}` });
    },
  };
}

eventLogContract("SQLite by Prisma", open);

describe("SQLite by Prisma", () => {
  it("applies each migration once, also when opened again", () => {
    expect(migrateSqlite(join(dir, "log.db"), "prisma/migrations")).toEqual([]);
    expect(migrateSqlite(join(dir, "fresh.db"), "prisma/migrations")).not.toEqual([]);
  });

  it("lists runs newest first, page by page", async () => {
    const { log, projectId } = await open();
    const index = createPrismaRunIndex(database);
    for (let at = 0; at < 5; at += 1) {
      const runId = `listed00000${at}`;
      await log.create({ runId, projectId, createdAt: 10_000_000 + at, events: [], projection: { status: "completed", summary: `${at}` } });
    }
    const first = await index.listRuns({ limit: 3 });
    const second = await index.listRuns({ limit: 3, cursor: first.nextCursor });
    expect([...first.rows, ...second.rows].slice(0, 5).map(({ summary }) => summary)).toEqual(["4", "3", "2", "1", "0"]);
  });
});
