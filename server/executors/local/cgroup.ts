import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { countIn, exists, no, read, removeGroup, set, yes } from "./cgroup-files";
import { runProgram } from "./run-program";

export type CgroupController = "memory" | "pids" | "cpu";

export interface CgroupLimits {
  /** Memory with swap, files in memory included. */
  memoryBytes: number;
  /** Processes and threads together. */
  pids: number;
  /** Share of the processor when it is short: 2 to 262144, 1024 is the usual. */
  cpuShares?: number;
}

export interface Cgroup {
  /** What a process writes "0" to in order to join; see `joinCommand`. */
  procsFiles: string[];
  /** Files for `readCount`; undefined where that limit is not in force. */
  oomFile?: string;
  forksFile?: string;
}

/** The part of the machine's control groups that this server may use. Names are those of sandboxes: letters, digits, `.`, `_` and `-`. */
export interface CgroupHost {
  version: 1 | 2;
  /** Limits of other controllers are not in force. Version 2 always has memory and pids. */
  controllers: CgroupController[];
  /** Makes the group, or gives an existing one these limits. Throws when a limit cannot be set, and leaves nothing behind. */
  create(name: string, limits: CgroupLimits): Promise<Cgroup>;
  /** How many processes the kernel ended for want of memory; 0 when there is no such group. */
  oomKills(name: string): Promise<number>;
  /** How many forks the limit refused. */
  refusedForks(name: string): Promise<number>;
  processes(name: string): Promise<number[]>;
  /** Ends all and resolves when the group is empty; it accepts no new process afterwards. Throws when something survives for 5 s. */
  kill(name: string): Promise<void>;
  /** Fine when it is gone already; throws while something runs in it. */
  remove(name: string): Promise<void>;
  /** Names of the groups below the same parent, those of other servers on this machine included. */
  list(): Promise<string[]>;
}

export interface CgroupOptions {
  /** Where the groups are mounted. */
  root?: string;
  /** The text of `/proc/self/cgroup`. */
  membership?: string;
  /** The operator says that the group of this server may be divided (systemd: `Delegate=yes`, `DelegateSubgroup=server`). */
  delegated?: boolean;
  /** How a group is made and removed; a kernel fills a new one with files, an ordinary folder stays empty. */
  folders?: { make(path: string): Promise<unknown>; remove(path: string): Promise<unknown> };
}

type Parents = Partial<Record<CgroupController, string>>;

const PREFIX = "aideator-";
const PROBE = "probe-";
/** Longer than any probe takes. */
const PROBE_MS = 60_000;
const EMPTY_TIMEOUT_MS = 5_000;
const INTERVAL_MS = 10;
const OOM_FILES = { 1: "memory.oom_control", 2: "memory.events" } as const;

/**
 * Finds out by making a group, joining it and removing it. Undefined where no limit can be set. A group that somebody else made for this
 * server is divided only when it was handed over: it belongs to the server's user, or the operator says so (`delegated`). Root could write
 * everywhere, yet who made the group counts on what is in it.
 */
export async function probeCgroups(options: CgroupOptions = {}): Promise<CgroupHost | undefined> {
  const { root = "/sys/fs/cgroup", delegated = false } = options;
  const folders = options.folders ?? { make: mkdir, remove: rmdir };
  const own = ownGroups(options.membership ?? (await readFile("/proc/self/cgroup", "utf8").catch(() => "")));
  const usable = async (group: string, path: string): Promise<boolean> => delegated || group === "/" || (await isHandedOver(path));

  if (await exists(join(root, "cgroup.controllers"))) {
    const group = own.get("");
    if (group === undefined) return undefined;
    // A group with processes cannot have limited groups below it, except the root: then they go beside it.
    for (const candidate of new Set([group, dirname(group)])) {
      const path = join(root, candidate);
      if (candidate === "/" && group !== "/") continue;
      if (!(await usable(candidate, path))) continue;
      await removeOldProbes(path, folders.remove);
      const controllers = await enable(path);
      const host = cgroupHost(2, Object.fromEntries(controllers.map((controller) => [controller, path])), folders);
      if (controllers.includes("memory") && controllers.includes("pids") && (await works(host))) return host;
    }
    return undefined;
  }

  const parents: Parents = {};
  for (const controller of ["memory", "pids", "cpu"] as const) {
    const group = own.get(controller);
    if (group === undefined) continue;
    const path = join(root, controller, group);
    await removeOldProbes(path, folders.remove);
    if ((await usable(group, path)) && (await works(cgroupHost(1, { [controller]: path }, folders)))) parents[controller] = path;
  }
  return parents.memory === undefined && parents.pids === undefined ? undefined : cgroupHost(1, parents, folders);
}

/** The command that joins the groups first and then becomes `argv`; exit code 125 when a group cannot be joined. */
export function joinCommand(procsFiles: string[], argv: string[]): string[] {
  if (procsFiles.length === 0) return argv;
  const script = 'n=$1; shift; while [ "$n" -gt 0 ]; do echo 0 >"$1" || exit 125; shift; n=$((n - 1)); done; exec "$@"';
  return ["/bin/sh", "-c", script, "sh", String(procsFiles.length), ...procsFiles, ...argv];
}

/** For the shim's timer: `readCount(oomFile, "oom_kill")`, `readCount(forksFile, "max")`. 0 when the group is gone. */
export function readCount(file: string, key: "oom_kill" | "max"): number {
  try {
    return countIn(readFileSync(file, "latin1"), key);
  } catch {
    return 0;
  }
}

function cgroupHost(version: 1 | 2, parents: Parents, folders: NonNullable<CgroupOptions["folders"]>): CgroupHost {
  const unique = [...new Set(Object.values(parents))];
  const within = (parent: string | undefined, name: string, file: string): string | undefined =>
    parent === undefined ? undefined : join(groupPath(parent, name), file);
  const oomFile = (name: string): string | undefined => within(parents.memory, name, OOM_FILES[version]);
  const forksFile = (name: string): string | undefined => within(parents.pids, name, "pids.events");
  const count = async (file: string | undefined, key: string): Promise<number> => countIn(await read(file), key);

  async function processes(name: string): Promise<number[]> {
    const texts = await Promise.all(unique.map((parent) => read(join(groupPath(parent, name), "cgroup.procs"))));
    // 0 stands for a process of another PID namespace, which has no number here.
    return [...new Set(texts.flatMap((text) => text.split("\n").map(Number)))].filter((pid) => pid > 0);
  }

  async function remove(name: string): Promise<void> {
    for (const parent of unique) await removeGroup(groupPath(parent, name), folders.remove);
  }

  return {
    version,
    controllers: (["memory", "pids", "cpu"] as const).filter((controller) => parents[controller] !== undefined),
    async create(name, limits) {
      // Without a wish for it there is no group for the processor, and no share that could be too small.
      const wanted = unique.filter((parent) => version === 2 || parent !== parents.cpu || limits.cpuShares !== undefined);
      const made: string[] = [];
      try {
        for (const path of wanted.map((parent) => groupPath(parent, name))) {
          await folders.make(path).then(
            () => made.push(path),
            (error: NodeJS.ErrnoException) => {
              if (error.code !== "EEXIST") throw error;
            },
          );
        }
        for (const [controller, file, value, optional] of settings(version, limits)) {
          const path = within(parents[controller], name, file);
          if (path !== undefined && !(optional && !(await exists(path)))) await set(path, value);
        }
      } catch (error) {
        for (const path of made) await removeGroup(path, folders.remove).catch(() => undefined);
        throw error;
      }
      const procsFiles = wanted.map((parent) => join(groupPath(parent, name), "cgroup.procs"));
      return { procsFiles, oomFile: oomFile(name), forksFile: forksFile(name) };
    },
    oomKills: (name) => count(oomFile(name), "oom_kill"),
    refusedForks: (name) => count(forksFile(name), "max"),
    processes,
    async kill(name) {
      const deadline = performance.now() + EMPTY_TIMEOUT_MS;
      // Or a fork bomb makes new ones as fast as they are ended.
      await set(within(parents.pids, name, "pids.max"), "0").catch(() => undefined);
      const killed = version === 2 && (await set(within(parents.pids, name, "cgroup.kill"), "1").then(yes, no));
      for (;;) {
        const left = await processes(name);
        if (left.length === 0) return;
        if (performance.now() > deadline) throw new Error(`processes ${left.join(", ")} of ${name} do not end`);
        if (!killed) left.forEach(killProcess);
        await pause(INTERVAL_MS);
      }
    },
    remove,
    async list() {
      const entries = await Promise.all(unique.map((parent) => readdir(parent, { withFileTypes: true }).catch(() => [])));
      const ours = entries.flat().filter((entry) => entry.isDirectory() && entry.name.startsWith(PREFIX));
      return [...new Set(ours.map((entry) => entry.name.slice(PREFIX.length)))].sort();
    },
  };
}

/** Controller, file, value, and whether kernels without that file are fine. The order matters: memory with swap is never below memory. */
function settings(version: 1 | 2, limits: CgroupLimits): [CgroupController, string, string, boolean][] {
  const { memoryBytes, pids, cpuShares } = limits;
  const bytes = String(memoryBytes);
  const memory: [CgroupController, string, string, boolean][] =
    version === 1
      ? [
          ["memory", "memory.limit_in_bytes", bytes, false],
          ["memory", "memory.memsw.limit_in_bytes", bytes, true],
        ]
      : [
          ["memory", "memory.max", bytes, false],
          ["memory", "memory.swap.max", "0", true],
        ];
  // The kernel's documentation maps shares 2…262144 to weights 1…10000.
  const weight = String(Math.round(1 + ((cpuShares ?? 1_024) - 2) * (9_999 / 262_142)));
  const share: [CgroupController, string, string, boolean] =
    version === 1 ? ["cpu", "cpu.shares", String(cpuShares), false] : ["cpu", "cpu.weight", weight, false];
  return [...memory, ["pids", "pids.max", String(pids), false], ...(cpuShares === undefined ? [] : [share])];
}

/** Lines `number:controllers:path`; version 2 has number 0 and no controller. A path out of this namespace begins with `/..`. */
function ownGroups(text: string): Map<string, string> {
  const groups = new Map<string, string>();
  for (const [, controllers = "", path = ""] of text.matchAll(/^\d+:([^:]*):(.*)$/gm)) {
    if (!path.startsWith("/..")) for (const controller of controllers.split(",")) groups.set(controller, path);
  }
  return groups;
}

/** Lets groups below have limits; answers which ones they can have. */
async function enable(path: string): Promise<CgroupController[]> {
  const offered = (await read(join(path, "cgroup.controllers"))).trim().split(" ");
  const file = join(path, "cgroup.subtree_control");
  const enabled: CgroupController[] = [];
  for (const controller of (["memory", "pids", "cpu"] as const).filter((name) => offered.includes(name))) {
    const already = (await read(file)).trim().split(" ").includes(controller);
    if (already || (await set(file, `+${controller}`).then(yes, no))) enabled.push(controller);
  }
  return enabled;
}

async function works(host: CgroupHost): Promise<boolean> {
  const name = PROBE + randomUUID();
  try {
    const { procsFiles } = await host.create(name, { memoryBytes: 64 * 1_048_576, pids: 16, cpuShares: 1_024 });
    const { code } = await runProgram(joinCommand(procsFiles, ["/bin/true"]), { env: {}, timeoutMs: EMPTY_TIMEOUT_MS });
    return code === 0;
  } catch {
    return false;
  } finally {
    await host.remove(name).catch(() => undefined);
  }
}

/** Those of servers that were killed while they probed. A group's time is when the kernel made it, or later. */
async function removeOldProbes(parent: string, folder: (path: string) => Promise<unknown>): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const path = join(parent, name);
    if (!name.startsWith(PREFIX + PROBE)) continue;
    const made = (await stat(path).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY;
    // What cannot be removed is somebody else's, and in nobody's way.
    if (Date.now() - made > PROBE_MS) await removeGroup(path, folder).catch(() => undefined);
  }
}

async function isHandedOver(path: string): Promise<boolean> {
  const uid = process.getuid?.() ?? 0;
  return uid !== 0 && (await stat(path).catch(() => undefined))?.uid === uid;
}

function groupPath(parent: string, name: string): string {
  if (!/^[A-Za-z0-9][\w.-]{0,199}$/.test(name)) throw new Error(`not a name for a control group: ${name}`);
  return join(parent, PREFIX + name);
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Ended meanwhile.
  }
}
