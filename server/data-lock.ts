import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { ConfigurationError } from "./env";

/** A server that is just ending gets this long to let go. */
const PATIENCE_MS = 3_000;

/**
 * Makes this process the only server on a data folder until it ends, however it ends: two would supervise the same sandboxes. The lock is
 * SQLite's own on an empty database, so the kernel takes it back and nothing stale can stay. Throws `ConfigurationError` that names the
 * other server. `address` is what that error will say to others.
 */
export function lockDataFolder(dataDir: string, address: string): void {
  mkdirSync(dataDir, { recursive: true });
  const lock = new Database(join(dataDir, "server.lock"), { timeout: PATIENCE_MS });
  const ownerFile = join(dataDir, "server.json");
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && "code" in error && error.code === "SQLITE_BUSY")) throw error;
    throw new ConfigurationError(
      `Another AIdeator works on ${dataDir}${ownerOf(ownerFile)}. Use that one, stop it, or set AIDEATOR_DATA_DIR to another folder.`,
    );
  }
  held.add(lock);
  writeFileSync(ownerFile, JSON.stringify({ pid: process.pid, address }));
}

/** Kept for as long as the process lives: a collected handle would unlock. */
const held = new Set<Database.Database>();

function ownerOf(file: string): string {
  try {
    const { pid, address } = JSON.parse(readFileSync(file, "utf8")) as { pid: number; address: string };
    return `: process ${pid} at ${address}`;
  } catch {
    return "";
  }
}
