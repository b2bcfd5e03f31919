import { createHash } from "node:crypto";
import { totalmem } from "node:os";
import { formatBytes } from "@/lib/format";
import type { SandboxMeasure } from "../executor";
import type { SandboxLimits } from "./attempt-files";
import { type CgroupHost, joinCommand, probeCgroups } from "./cgroup";
import { findProgram } from "./find-program";

const GIB = 1024 ** 3;
/** Beside a server of the usual 1024: agents share what it leaves. */
const CPU_SHARES = 256;
const NICENESS = 5;

/** What one sandbox may use unless told otherwise. */
export const DEFAULT_SANDBOX_LIMITS: SandboxLimits = {
  memoryBytes: Math.min(8 * GIB, Math.max(GIB, Math.floor(totalmem() / 2))),
  processes: 1_024,
  fileBytes: 4 * GIB,
  diskBytes: 10 * GIB,
  idleMs: 20 * 60_000,
};

/** Limits of this machine, put on one sandbox after the other. */
export interface ResourceLimits {
  limits: SandboxLimits;
  measures: SandboxMeasure[];
  /** The command that is `argv` within the limits, and where the kernel counts. */
  confine(name: string, argv: string[]): Promise<{ argv: string[]; oomFile?: string; forksFile?: string }>;
  /** Ends whatever a sandbox left in its group. */
  empty(name: string): Promise<void>;
  /** Removes the group, once it is empty. */
  release(name: string): Promise<void>;
  /** Names of sandboxes that have a group. */
  groups(): Promise<string[]>;
}

/** What names of a data folder's groups begin with, behind the `aideator-` of all. */
export function groupPrefix(dataDir: string): string {
  return `${createHash("sha256").update(dataDir).digest("hex").slice(0, 8)}.`;
}

/**
 * Finds out what this machine offers, by trying. `ownUser`: each sandbox runs as a user that nobody else is. `owner` stands for the data
 * folder in the names of groups: servers on one machine share the parent of theirs.
 */
export async function probeResourceLimits(limits: SandboxLimits, ownUser: boolean, owner: string): Promise<ResourceLimits> {
  const [cgroups, prlimit, nice] = await Promise.all([probeCgroups(), findProgram("prlimit"), findProgram("nice")]);
  const prefix = groupPrefix(owner);
  const counts = (controller: "memory" | "pids" | "cpu"): boolean => cgroups?.controllers.includes(controller) ?? false;

  function bounded(argv: string[]): string[] {
    // A user's processes are counted together: only where the user is the sandbox's own is that a limit of the sandbox.
    const processes = ownUser && !counts("pids") ? [`--nproc=${limits.processes}`] : [];
    const byKernel = prlimit === undefined ? [] : [prlimit, `--fsize=${limits.fileBytes}`, "--core=0", ...processes, "--"];
    return [...(nice === undefined ? [] : [nice, "-n", String(NICENESS)]), ...byKernel, ...argv];
  }

  return {
    limits,
    measures: describe(limits, cgroups, counts, prlimit !== undefined),
    async confine(name, argv) {
      if (cgroups === undefined) return { argv: bounded(argv) };
      const { memoryBytes, processes } = limits;
      const group = await cgroups.create(prefix + name, { memoryBytes, pids: processes, cpuShares: CPU_SHARES });
      const { procsFiles, oomFile, forksFile } = group;
      return { argv: joinCommand(procsFiles, bounded(argv)), oomFile, forksFile };
    },
    async empty(name) {
      await cgroups?.kill(prefix + name);
    },
    async release(name) {
      await cgroups?.remove(prefix + name);
    },
    async groups() {
      const all = (await cgroups?.list()) ?? [];
      return all.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    },
  };
}

function describe(
  limits: SandboxLimits,
  cgroups: CgroupHost | undefined,
  counts: (controller: "memory" | "pids" | "cpu") => boolean,
  byKernel: boolean,
): SandboxMeasure[] {
  const group = `control group v${cgroups?.version ?? 2}`;
  const held = (controller: "memory" | "pids"): string => (counts(controller) ? group : "looked at four times a second");
  return [
    { name: "memory", inForce: true, how: `${formatBytes(limits.memoryBytes)}, ${held("memory")}` },
    { name: "processes", inForce: true, how: `${limits.processes}, ${held("pids")}` },
    { name: "processor", inForce: true, how: counts("cpu") ? `a small share, ${group}` : "lower priority" },
    {
      name: "file size",
      inForce: byKernel,
      how: byKernel ? formatBytes(limits.fileBytes) : "prlimit is not installed (util-linux)",
    },
    { name: "disk", inForce: true, how: `${formatBytes(limits.diskBytes)} for tree, home and temporary files, measured` },
  ];
}
