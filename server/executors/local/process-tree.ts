import { closeSync, openSync, readdirSync, readSync } from "node:fs";

export interface ProcessTree {
  /** The process itself and all its descendants, also such as have ended and wait to be reaped. Empty when the process is gone. */
  pids: number[];
  /** Memory that the processes hold for themselves, in bytes. */
  rssBytes: number;
}

/**
 * The living family of a process, by one look at `/proc` (Linux only). Synchronous and without dependencies: the shim calls it from its
 * timer. Of an init of a PID namespace nothing escapes, since orphans become its children; of any other process orphans are lost.
 *
 * The memory is anonymous and shared memory (RssAnon + RssShmem). VmRSS would count the program's own file pages once for each process;
 * shared memory is still counted once for each process that touched it. Never throws: what ends during the look is left out.
 */
export function readProcessTree(initPid: number): ProcessTree {
  const childrenOf = new Map<number, number[]>();
  let present = false;
  for (const entry of listProcesses()) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const parent = parentOf(pid);
    if (parent === undefined) continue;
    if (pid === initPid) present = true;
    const siblings = childrenOf.get(parent);
    if (siblings === undefined) childrenOf.set(parent, [pid]);
    else siblings.push(pid);
  }
  const pids = present ? [initPid] : [];
  // The list grows while it is walked. A process has one parent, so nothing is met twice.
  for (const pid of pids) for (const child of childrenOf.get(pid) ?? []) pids.push(child);
  return { pids, rssBytes: pids.reduce((sum, pid) => sum + ownMemory(pid), 0) };
}

function listProcesses(): string[] {
  try {
    return readdirSync("/proc");
  } catch {
    return [];
  }
}

/** proc(5): the name in parentheses may hold anything, so fields count from the last parenthesis; state is field 3, parent field 4. */
function parentOf(pid: number): number | undefined {
  const stat = readWhole(`/proc/${pid}/stat`);
  const end = stat.lastIndexOf(")");
  return end < 0 ? undefined : Number(stat.slice(end + 4, stat.indexOf(" ", end + 4)));
}

function ownMemory(pid: number): number {
  const status = readWhole(`/proc/${pid}/status`);
  return (kilobytes(status, "\nRssAnon:") + kilobytes(status, "\nRssShmem:")) * 1_024;
}

/** A process that has ended has no such line. */
function kilobytes(status: string, label: string): number {
  const at = status.indexOf(label);
  return at < 0 ? 0 : Number.parseInt(status.slice(at + label.length), 10);
}

/** One buffer for all: a look at 200 processes reads 400 files. The list of groups can make a `status` long. */
const buffer = Buffer.alloc(65_536);

function readWhole(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    return buffer.toString("latin1", 0, readSync(file, buffer, 0, buffer.length, 0));
  } catch {
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
