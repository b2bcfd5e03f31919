import { readdir, readFile, readlink, rmdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { groupPrefix } from "@/server/executors/local/resource-limits";

export interface HostProcess {
  pid: number;
  /** Words of its command line. */
  argv: string[];
  /** Names of the attempts whose sandbox or shim it is part of. */
  attempts: string[];
}

const ATTEMPT = /\bagent-[a-z0-9]{12,24}-\d+(?:-\d+)?\b/g;

/**
 * Every living process that has to do with a data folder: by its command line, environment, working folder, control group, or by what is
 * mounted where it lives. The last holds for everything inside a sandbox, however often it forked. The server itself is among them.
 */
export async function processesOf(dataDir: string): Promise<HostProcess[]> {
  const entries = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid);
  const found = await Promise.all(entries.map((entry) => lookAt(entry, dataDir)));
  return found.filter((one) => one !== undefined);
}

async function lookAt(entry: string, dataDir: string): Promise<HostProcess | undefined> {
  const read = (file: string): Promise<string> => readFile(`/proc/${entry}/${file}`, "utf8").catch(() => "");
  const [stat, cmdline, environ, mounts, groups, cwd] = await Promise.all([
    read("stat"),
    read("cmdline"),
    read("environ"),
    read("mountinfo"),
    read("cgroup"),
    readlink(`/proc/${entry}/cwd`).catch(() => ""),
  ]);
  // What has ended and waits to be reaped holds nothing.
  if (/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2))) return undefined;
  // Below /proc paths begin at their own file system's root: the last folder of the name is what stays.
  const name = `${basename(dataDir)}/`;
  const own = mounts.split("\n").filter((line) => line.includes(name));
  const argv = cmdline.split("\0").filter((word) => word !== "");
  const inGroup = groups.includes(`/aideator-${groupPrefix(dataDir)}`);
  const named = [cmdline, environ, `${cwd}/`].some((text) => text.includes(name) || text.includes(`${dataDir}\0`));
  if (own.length === 0 && !inGroup && !named) return undefined;
  const traces = [cmdline, ...own, groups].join("\n").match(ATTEMPT) ?? [];
  return { pid: Number(entry), argv, attempts: [...new Set(traces)] };
}

/** Control groups of a data folder, of whatever version and controller: of these attempts, or of all. */
export async function groupsOf(dataDir: string, attempts?: readonly string[]): Promise<string[]> {
  const prefix = `aideator-${groupPrefix(dataDir)}`;
  const wanted = attempts === undefined ? undefined : new Set(attempts.map((name) => prefix + name));
  const found: string[] = [];
  async function walk(folder: string, depth: number): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.filter((one) => one.isDirectory())) {
      const path = join(folder, entry.name);
      if (wanted?.has(entry.name) ?? entry.name.startsWith(prefix)) found.push(path);
      else if (depth < 6) await walk(path, depth + 1);
    }
  }
  await walk("/sys/fs/cgroup", 0);
  return found;
}

/** Mounts of the host that show something of a data folder. */
export async function mountsOf(dataDir: string): Promise<string[]> {
  const lines = (await readFile("/proc/mounts", "utf8")).split("\n");
  return lines.filter((line) => line.split(" ").some((field) => field.startsWith(`${dataDir}/`)));
}

/** What attempts that have ended left on this machine; waits up to `patienceMs` for it to go. Empty when all is clean. */
export async function remainsOf(dataDir: string, attempts: readonly string[], patienceMs: number): Promise<string[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const left = await look(dataDir, attempts);
    if (left.length === 0 || performance.now() > deadline) return left;
    await wait(50);
  }
}

async function look(dataDir: string, attempts: readonly string[]): Promise<string[]> {
  const known = new Set(attempts);
  const [processes, groups, mounts, folders] = await Promise.all([
    processesOf(dataDir),
    groupsOf(dataDir, attempts),
    mountsOf(dataDir),
    readdir(join(dataDir, "attempts")).catch(() => []),
  ]);
  return [
    ...processes
      .filter((one) => one.attempts.some((name) => known.has(name)))
      .map(({ pid, argv }) => `process ${pid} is left: ${argv.slice(0, 3).join(" ").slice(0, 120)}`),
    ...groups.map((path) => `control group ${path} is left`),
    ...mounts.map((line) => `mount ${line} is left`),
    ...folders.filter((name) => known.has(name)).map((name) => `the folder of attempt ${name} is left`),
  ];
}

/** Ends everything of a data folder by its process id, and removes the groups: for the harness' own end, whatever state things are in. */
export async function clearHost(dataDir: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const left = await processesOf(dataDir);
    if (left.length === 0 || performance.now() > deadline) break;
    for (const { pid } of left) end(pid);
    await wait(30);
  }
  for (const path of await groupsOf(dataDir)) await rmdir(path).catch(() => undefined);
}

/** SIGKILL; false when it is gone already. */
export function end(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
