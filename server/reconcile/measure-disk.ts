import type { Stats } from "node:fs";
import { lstat, opendir, readdir, statfs } from "node:fs/promises";
import { join } from "node:path";

/** Entries that one walk looks at: about two seconds on a slow disk. */
const MAX_ENTRIES = 200_000;
/** Looked at together; between two of these everything else gets its turn. */
const BATCH = 64;
/** What a disk allocates in (stat(2), `st_blocks`), whatever the file system's own block size. */
const BLOCK_BYTES = 512;

const folderKinds = ["mirrors", "runs", "attempts", "environments", "trash"] as const;
type DiskKind = (typeof folderKinds)[number] | "database" | "other";

export interface DiskUse {
  /** Size of the file system that holds the data folder. */
  totalBytes: number;
  /** What is left there for this server. */
  freeBytes: number;
  /** Allocated bytes of the data folder. */
  byKind: Record<DiskKind, number>;
  /** True when a walk was cut at its limit or could not enter a folder: the figures are lower bounds. */
  atLeast: boolean;
}

export interface FolderSize {
  /** Allocated; a file with several hard links counts once. */
  bytes: number;
  /** Latest change of anything in it, ms since the epoch; by the inode's own time, which no program can set. */
  changedAt: number;
  atLeast: boolean;
}

/** What lies in the data folder, and how much room is left. `databaseFile` may lie elsewhere. Rejects when there is no data folder. */
export async function measureDisk(dataDir: string, options: { maxEntries?: number; databaseFile?: string } = {}): Promise<DiskUse> {
  const { bsize, blocks, bavail } = await statfs(dataDir);
  const use: DiskUse = {
    totalBytes: blocks * bsize,
    freeBytes: bavail * bsize,
    byKind: { mirrors: 0, runs: 0, attempts: 0, environments: 0, trash: 0, database: 0, other: 0 },
    atLeast: false,
  };
  const add = async (kind: DiskKind, path: string): Promise<void> => {
    const size = await measureFolder(path, options.maxEntries);
    use.byKind[kind] += size.bytes;
    use.atLeast ||= size.atLeast;
  };
  const database = options.databaseFile ?? join(dataDir, "aideator.db");
  const databaseFiles = ["", "-wal", "-shm", "-journal"].map((ending) => `${database}${ending}`);
  for (const file of databaseFiles) await add("database", file);
  for (const name of await readdir(dataDir)) {
    const path = join(dataDir, name);
    if (databaseFiles.includes(path)) continue;
    await add(folderKinds.find((kind) => kind === name) ?? "other", path);
  }
  return use;
}

/** A file or a folder with everything below it; symbolic links are not followed. Nothing there: all zero. */
export async function measureFolder(path: string, maxEntries = MAX_ENTRIES): Promise<FolderSize> {
  const size: FolderSize = { bytes: 0, changedAt: 0, atLeast: false };
  const linked = new Set<number>();
  const folders: string[] = [];
  let seen = 0;

  function count(stats: Stats, at: string): void {
    if (stats.isDirectory()) folders.push(at);
    else if (stats.nlink > 1) {
      if (linked.has(stats.ino)) return;
      linked.add(stats.ino);
    }
    size.bytes += stats.blocks * BLOCK_BYTES;
    size.changedAt = Math.max(size.changedAt, stats.ctimeMs);
  }

  async function countAll(entries: string[]): Promise<void> {
    // Whatever vanished meanwhile takes no room.
    const all = await Promise.all(entries.map((entry) => lstat(entry).catch(() => undefined)));
    for (const [index, stats] of all.entries()) if (stats !== undefined) count(stats, entries[index] ?? "");
  }

  await countAll([path]);
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      let batch: string[] = [];
      for await (const entry of await opendir(folder, { bufferSize: BATCH })) {
        if (seen >= maxEntries) return { ...size, atLeast: true };
        seen += 1;
        batch.push(join(folder, entry.name));
        if (batch.length < BATCH) continue;
        await countAll(batch);
        batch = [];
      }
      await countAll(batch);
    } catch (error) {
      // Gone, or one that a program made so deep or so closed that it cannot be entered by its path.
      if (!isGone(error)) size.atLeast = true;
    }
  }
  return size;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
