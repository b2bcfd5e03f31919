import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { PrismaClient } from "./generated/client";
import { migrateSqlite } from "./migrate";

export type Database = PrismaClient;

/** The driver waits synchronously for a lock, and everything with it: briefly, then `guardStorage` tries again. */
const BUSY_MS = 50;

/**
 * Opens the SQLite file, brings its schema up to date and returns the client.
 * WAL, so that readers never wait for the writer; with it `synchronous = NORMAL` survives a killed process, and a power cut costs at most the last commits.
 */
export async function openDatabase(file: string, migrationsDir: string): Promise<Database> {
  migrateSqlite(file, migrationsDir);
  const adapter = new PrismaBetterSqlite3({ url: `file:${file}`, timeout: BUSY_MS });
  const database = new PrismaClient({ adapter });
  await database.$queryRawUnsafe("PRAGMA journal_mode = WAL");
  await database.$queryRawUnsafe("PRAGMA synchronous = NORMAL");
  return database;
}
