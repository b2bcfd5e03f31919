import { constants } from "node:fs";
import { access, readFile, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

const REMOVE_TIMEOUT_MS = 2_000;
const INTERVAL_MS = 10;

/** Fine when it is gone already; throws while something runs in it. What has just ended may still be counted for a moment. */
export async function removeGroup(path: string, folder: (path: string) => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + REMOVE_TIMEOUT_MS;
  for (;;) {
    const error = await folder(path).then(
      () => undefined,
      (reason: NodeJS.ErrnoException) => reason,
    );
    if (error === undefined || error.code === "ENOENT") return;
    if (error.code !== "EBUSY" || performance.now() > deadline) throw error;
    await pause(INTERVAL_MS);
  }
}

/** The number behind `key` at the begin of a line; 0 without such a line. */
export function countIn(text: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
}

/** A file's text; empty where there is none. */
export async function read(path: string | undefined): Promise<string> {
  return path === undefined ? "" : readFile(path, "latin1").catch(() => "");
}

/** Never makes a file: where the kernel does not offer one there is no such limit. */
export async function set(path: string | undefined, value: string): Promise<void> {
  if (path !== undefined) await writeFile(path, value, { flag: constants.O_WRONLY | constants.O_TRUNC });
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(yes, no);
}

export const yes = (): boolean => true;
export const no = (): boolean => false;
