import { readdir, readFile } from "node:fs/promises";

/** Read at a time: a sandbox may have a thousand processes, and whoever else reads files meanwhile waits for the same few threads. */
const AT_ONCE = 16;

/**
 * Calls `look` for every process of this machine but this one and those inside a namespace of processes of their own, and answers what it
 * found. What lives in a sandbox goes with its init, however much it has forked, so only that init is looked at: reading the command line
 * of a thousand processes that fork all the time takes seconds.
 */
export async function findProcesses<T>(look: (pid: string) => Promise<T | undefined>): Promise<T[]> {
  const entries = (await readdir("/proc").catch(() => [])).filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid);
  const found: T[] = [];
  for (let at = 0; at < entries.length; at += AT_ONCE) {
    const some = await Promise.all(
      entries.slice(at, at + AT_ONCE).map(async (pid) => ((await isInside(pid)) ? undefined : await look(pid))),
    );
    found.push(...some.filter((one) => one !== undefined));
  }
  return found;
}

/** proc(5), NSpid: its number in each namespace, from the reader's to its own; an init is number 1 of its own. */
async function isInside(pid: string): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
  const numbers = /^NSpid:\s*(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/) ?? [];
  return numbers.length > 1 && numbers.at(-1) !== "1";
}
