import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { type DataFolderOwner, OWNER_FILE } from "@/lib/protocol/local-access";
import { ConfigurationError } from "./env";

/** A server that is just ending gets this long to let go. */
const PATIENCE_MS = 3_000;
const LOCK_FILE = "server.lock";

/**
 * Makes this process the only server on a data folder until it ends, however it ends: two would supervise the same sandboxes. The lock is
 * SQLite's own on an empty database, so the kernel takes it back and nothing stale can stay. Throws `ConfigurationError` that names the
 * other server. `address` is what that error will say to others.
 */
export function lockDataFolder(dataDir: string, address: string): void {
  mkdirSync(dataDir, { recursive: true });
  const lock = tryLock(dataDir, PATIENCE_MS);
  if (lock === undefined) {
    throw new ConfigurationError(
      `Another AIdeator works on ${dataDir}${ownerOf(dataDir)}. Use that one, stop it, or set AIDEATOR_DATA_DIR to another folder.`,
    );
  }
  held.add(lock);
  tellOwner(dataDir, { pid: process.pid, address });
}

/** Says to other programs who works on the data folder, and where it is reached. */
export function tellOwner(dataDir: string, owner: DataFolderOwner): void {
  const file = join(dataDir, OWNER_FILE);
  // Renamed into place: whoever reads it sees a whole one.
  writeFileSync(`${file}.half`, JSON.stringify(owner));
  renameSync(`${file}.half`, file);
}

/** The server that works on this folder right now: `process 4711 at http://127.0.0.1:3000`; undefined when none does. */
export function dataFolderUser(dataDir: string): string | undefined {
  if (!existsSync(join(dataDir, LOCK_FILE))) return undefined;
  const lock = tryLock(dataDir, 0);
  if (lock === undefined) return ownerOf(dataDir).replace(/^: /, "") || "a process that has not said who it is";
  lock.close();
  return undefined;
}

/** Undefined when somebody else holds it for longer than `patienceMs`. */
function tryLock(dataDir: string, patienceMs: number): Database.Database | undefined {
  const lock = new Database(join(dataDir, LOCK_FILE), { timeout: patienceMs });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && "code" in error && error.code === "SQLITE_BUSY") return undefined;
    throw error;
  }
}

/** Kept for as long as the process lives: a collected handle would unlock. */
const held = new Set<Database.Database>();

function ownerOf(dataDir: string): string {
  try {
    const { pid, address } = JSON.parse(readFileSync(join(dataDir, OWNER_FILE), "utf8")) as { pid: number; address: string };
    return `: process ${pid} at ${address}`;
  } catch {
    return "";
  }
}
