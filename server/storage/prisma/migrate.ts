import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import SqliteDatabase from "better-sqlite3";

/** Prisma's own table, so that `prisma migrate deploy` and this runner agree on what has been applied. */
const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL,
  "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`;

/**
 * Applies `<migrationsDir>/<name>/migration.sql` in order, each in a transaction, under SQLite's exclusive lock: two servers that start at
 * once apply each migration once. Throws when the file is no database or a migration fails; nothing of that migration stays then.
 */
export function migrateSqlite(file: string, migrationsDir: string): string[] {
  mkdirSync(dirname(file), { recursive: true });
  const database = new SqliteDatabase(file, { timeout: 30_000 });
  try {
    database.exec(TABLE);
    const names = readdirSync(migrationsDir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
    return names.filter((name) => applyOnce(database, name, readFileSync(join(migrationsDir, name, "migration.sql"), "utf8")));
  } finally {
    database.close();
  }
}

function applyOnce(database: SqliteDatabase.Database, name: string, sql: string): boolean {
  const apply = database.transaction(() => {
    const done = database.prepare(`SELECT 1 FROM "_prisma_migrations" WHERE migration_name = ? AND rolled_back_at IS NULL`).get(name);
    if (done !== undefined) return false;
    database.exec(sql);
    const now = Date.now();
    database
      .prepare(
        `INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, started_at, applied_steps_count) VALUES (?, ?, ?, ?, ?, 1)`,
      )
      .run(randomUUID(), createHash("sha256").update(sql).digest("hex"), now, name, now);
    return true;
  });
  return apply.exclusive();
}
