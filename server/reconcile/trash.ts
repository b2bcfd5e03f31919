import { lstat, mkdir, readdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { removeFolder } from "../executors/local/remove-folder";

/** `2026-11-21T08-07-54Z-agent-…`: when it was put there, and its name before. */
const ENTRY = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z-(.+)$/;

export interface TrashEntry {
  /** Absolute. */
  path: string;
  /** What it was called before. */
  name: string;
  /** ms since the epoch, when it was put there. */
  at: number;
}

/**
 * The first of two phases of every delete that could hurt: things are renamed into it, which either happened or did not, and deleted later.
 * Its state is its folder, so that a process that is killed between the phases or during one of them leaves nothing undone.
 */
export interface Trash {
  /** Moves `path` in; resolves to where it is now. Rejects when it is gone, or lies on another file system. */
  put(path: string, at: number): Promise<string>;
  /** Oldest first; things that somebody else put there are not listed. */
  list(): Promise<TrashEntry[]>;
  /** Deletes for good. Idempotent. */
  destroy(entry: TrashEntry): Promise<void>;
}

/** See `Trash`; it is `{dataDir}/trash`. */
export function createTrash(dataDir: string): Trash {
  const folder = join(dataDir, "trash");

  async function freePath(name: string, at: number): Promise<string> {
    const date = `${new Date(at).toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
    for (let count = 1; ; count += 1) {
      // A rename would replace a file of this name without a word.
      const path = join(folder, count === 1 ? `${date}-${name}` : `${date}-${name}.${count}`);
      if (!(await exists(path))) return path;
    }
  }

  return {
    async put(path, at) {
      // Nobody else: the user of a sandbox may be given to the next one while its files lie here.
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const target = await freePath(basename(path), at);
      await rename(path, target);
      return target;
    },
    async list() {
      const names = await readdir(folder).catch(() => []);
      return names
        .map((name) => toEntry(folder, name))
        .filter((entry) => entry !== undefined)
        .sort((one, other) => one.at - other.at);
    },
    destroy: ({ path }) => removeFolder(path),
  };
}

function toEntry(folder: string, file: string): TrashEntry | undefined {
  const [, day = "", hours = "", minutes = "", seconds = "", name = ""] = ENTRY.exec(file) ?? [];
  const at = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(at) ? undefined : { path: join(folder, file), name, at };
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
