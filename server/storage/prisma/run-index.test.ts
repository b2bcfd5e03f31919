import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunFilter, RunIndex } from "../run-index";
import { type Database, openDatabase } from "./database";
import { createPrismaEventLog } from "./event-log";
import { migrateSqlite } from "./migrate";
import { createPrismaRunIndex } from "./run-index";

let dir: string;
let database: Database;
let index: RunIndex;
let shop: string;

const runs = [
  { runId: "filtered0001", name: "acme/shop", prompt: "Make the retry policy configurable", status: "running" },
  { runId: "filtered0002", name: "acme/shop", prompt: "Prüfe jede ÄNDERUNG", status: "completed" },
  { runId: "filtered0003", name: "acme/shop", prompt: "Save 100% of the retry_count", status: "completed", winner: 0 },
  { runId: "filtered0004", name: "acme/pump", prompt: "Retry the pump", status: "failed" },
  { runId: "filtered0005", name: "acme/pump", prompt: "Stop", status: "cancelled" },
];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "aideator-runs-"));
  database = await openDatabase(join(dir, "runs.db"), "prisma/migrations");
  index = createPrismaRunIndex(database);
  const log = createPrismaEventLog(database);
  for (const [at, { runId, name, prompt, status, winner }] of runs.entries()) {
    const project = await index.projectFor(`https://example.com/${name}`, name);
    if (name === "acme/shop") shop = project.id;
    const searchText = `${name}\n${prompt}`;
    const projection = { status, summary: "{}", winner };
    await log.create({ runId, projectId: project.id, createdAt: 1_000 + at, events: [], projection, searchText });
  }
});
afterAll(async () => {
  await database.$disconnect();
  rmSync(dir, { recursive: true, force: true });
});

/** Last digits of what is found, newest first. */
async function found(filter: RunFilter): Promise<string> {
  const { rows, total } = await index.listRuns({ limit: 50, ...filter });
  expect(total).toBe(rows.length);
  return rows.map(({ runId }) => runId.slice(-1)).join("");
}

describe("a filtered list of runs", () => {
  it("is by state", async () => {
    expect(await found({ state: "live" })).toBe("1");
    expect(await found({ state: "undecided" })).toBe("2");
    expect(await found({ state: "decided" })).toBe("3");
    expect(await found({ state: "failed" })).toBe("4");
    expect(await found({ state: "cancelled" })).toBe("5");
  });

  it("is by project, by id, and by all that is given at once", async () => {
    expect(await found({ projectId: shop })).toBe("321");
    expect(await found({ ids: ["filtered0005", "filtered0001", "nosuchrun000"] })).toBe("51");
    expect(await found({ projectId: shop, query: "retry", state: "decided" })).toBe("3");
  });

  it("has every word of the search, whatever its letter case, also beyond ASCII", async () => {
    expect(await found({ query: "RETRY" })).toBe("431");
    expect(await found({ query: "policy  retry" })).toBe("1");
    expect(await found({ query: "änderung" })).toBe("2");
    expect(await found({ query: "acme/pump" })).toBe("54");
    expect(await found({ query: "nothing" })).toBe("");
  });

  it("takes the wildcards of SQL as letters", async () => {
    expect(await found({ query: "100%" })).toBe("3");
    expect(await found({ query: "r%y" })).toBe("");
    expect(await found({ query: "retry_count" })).toBe("3");
    expect(await found({ query: "retry_the" })).toBe("");
  });

  it("comes in pages of its own", async () => {
    const first = await index.listRuns({ limit: 2, query: "retry" });
    const second = await index.listRuns({ limit: 2, query: "retry", cursor: first.nextCursor });
    expect([first, second].map(({ rows }) => rows.map(({ runId }) => runId.slice(-1)).join(""))).toEqual(["43", "1"]);
    expect(second).toMatchObject({ total: 3, nextCursor: undefined });
  });
});

it("finds runs of a database from before there was a search", async () => {
  const migrations = join(dir, "migrations");
  mkdirSync(migrations);
  const names = readdirSync("prisma/migrations").filter((name) => /^\d/.test(name));
  for (const name of names.filter((one) => one < "20261121184900"))
    cpSync(join("prisma/migrations", name), join(migrations, name), { recursive: true });
  const file = join(dir, "old.db");
  migrateSqlite(file, migrations);
  const old = new SqliteDatabase(file);
  const summary = JSON.stringify({ repository_name: "acme/shop", prompt: "Fix the 5% Login", winning_variation_id: 0 });
  old.exec(`INSERT INTO "Project" (id, url, name) VALUES ('p', 'u', 'n');
    INSERT INTO "Run" (id, "projectId", "createdAt", status, summary) VALUES ('oldrun000001', 'p', 1, 'completed', '${summary}')`);
  old.close();
  const opened = await openDatabase(file, "prisma/migrations");
  const { rows } = await createPrismaRunIndex(opened).listRuns({ limit: 5, query: "5% login", state: "decided" });
  await opened.$disconnect();
  expect(rows.map(({ runId }) => runId)).toEqual(["oldrun000001"]);
});
