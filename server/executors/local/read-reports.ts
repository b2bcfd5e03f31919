import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";

const MOST_FILES = 200;
const MOST_BYTES = 64 * 1024 * 1024;
const LARGEST = 32 * 1024 * 1024;

/**
 * The plain files of a folder and of the folders right in it, by their path from there, for `Executor.reports`. Nothing may run in the sandbox any
 * more: links, pipes and devices that it left are passed over, never opened.
 */
export async function readReports(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  let bytes = 0;
  async function readFolder(path: string, prefix: string): Promise<void> {
    const stats = await lstat(path).catch(() => undefined);
    if (stats === undefined || !stats.isDirectory()) return;
    for (const entry of (await readdir(path, { withFileTypes: true })).slice(0, MOST_FILES)) {
      if (entry.isDirectory() && prefix === "") await readFolder(join(path, entry.name), `${entry.name}/`);
      if (!entry.isFile() || found.size >= MOST_FILES) continue;
      const content = await readPlain(join(path, entry.name), Math.min(LARGEST, MOST_BYTES - bytes));
      if (content === undefined) continue;
      bytes += content.length;
      found.set(prefix + entry.name, content);
    }
  }
  await readFolder(folder, "");
  return found;
}

async function readPlain(path: string, limit: number): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > limit) return undefined;
    return await file.readFile();
  } finally {
    await file.close();
  }
}
