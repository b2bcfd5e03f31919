import { execFile } from "node:child_process";
import { statfsSync, statSync } from "node:fs";
import { constants } from "node:os";
import { formatBytes } from "@/lib/format";
import type { ExitCause, Launch } from "./attempt-files";
import { readCount } from "./cgroup";
import { readProcessTree } from "./process-tree";

const FAST_MS = 250;
const SLOW_MS = 1_000;
/** Checks for which forks may be refused before a fork bomb is not waited out any more; shells pause for seconds between two tries. */
const FORK_PATIENCE = 6;
const FORK_PAUSE = 8;
/** The tree is measured again when the disk lost this much, and after so many checks in any case. */
const DISK_STEP_BYTES = 64 * 1024 * 1024;
const DISK_EVERY = 30;
/** With less than this left on the disk every large tree is one too many. */
const DISK_RESERVE_BYTES = 256 * 1024 * 1024;
/** Warnings of one kind in one attempt: a test suite may run into its memory limit a hundred times. */
const MOST_WARNINGS = 3;

/** What the shim shows of itself to its limits. */
export interface Watched {
  launch: Launch;
  /** Process id of the namespace's init; undefined before it is known. */
  init(): number | undefined;
  /** Where the kernel counts; empty before that is known. */
  counters(): Pick<Launch, "oomFile" | "forksFile">;
  /** `performance.now()` of the last output. */
  lastOutput(): number;
  /** A sentence for the person who reads the pane. */
  warn(message: string): void;
  end(cause: ExitCause): void;
}

/**
 * Ends the sandbox at its limits, each with a cause of its own: wall clock, silence, memory, processes, disk, no server. Where a control
 * group counts memory and processes it holds them by itself and is only read; elsewhere the whole namespace is looked at four times a
 * second. All clocks are monotonic: the wall clock may jump. `causeOf` answers which limit stands behind a death by `signal`, if one does:
 * the kernel ends what wants memory by SIGKILL, and a program that gets no thread any more gives up by a signal of its own.
 */
export function watchLimits(watched: Watched): { causeOf(signal: number): ExitCause | undefined } {
  const { launch, end } = watched;
  setTimeout(() => end("wall_limit"), launch.limits.wallMs);
  const checkServer = serverCheck(launch);
  const checkDisk = diskCheck(watched);
  const kernelHolds = launch.oomFile !== undefined && launch.forksFile !== undefined;
  if (!kernelHolds) setInterval(() => lookAtProcesses(watched), FAST_MS);
  const readCounters = counterCheck(watched);
  setInterval(() => {
    if (performance.now() - watched.lastOutput() > launch.limits.idleMs) end("idle_limit");
    if (checkServer()) end("no_server");
    readCounters();
    checkDisk();
  }, SLOW_MS);
  return {
    causeOf(signal) {
      const { oomFile, forksFile } = watched.counters();
      if (signal === constants.signals.SIGKILL && oomFile !== undefined && readCount(oomFile, "oom_kill") > 0) return "memory_limit";
      return forksFile !== undefined && readCount(forksFile, "max") > 0 ? "process_limit" : undefined;
    },
  };
}

/** True once no server has renewed its sign of life for the time that is allowed. */
function serverCheck({ aliveFile, orphanLimitMs }: Launch): () => boolean {
  let silentSince = performance.now();
  let lastRenewal = renewal(aliveFile);
  return () => {
    // Compared with what it was, not with the clock.
    const renewed = renewal(aliveFile);
    if (renewed !== lastRenewal) {
      lastRenewal = renewed;
      silentSince = performance.now();
    }
    return performance.now() - silentSince > orphanLimitMs;
  };
}

function renewal(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

function lookAtProcesses({ launch, init, counters, end }: Watched): void {
  const pid = init();
  const { oomFile, forksFile } = counters();
  if (pid === undefined || (oomFile !== undefined && forksFile !== undefined)) return;
  const { pids, rssBytes } = readProcessTree(pid);
  if (oomFile === undefined && rssBytes > launch.limits.memoryBytes) end("memory_limit");
  else if (forksFile === undefined && pids.length > launch.limits.processes) end("process_limit");
}

/** Says what the kernel did on the sandbox's behalf, and ends one that runs into its process limit for ever. */
function counterCheck({ launch, counters, warn, end }: Watched): () => void {
  const { limits } = launch;
  let kills = 0;
  let refusals = 0;
  let refusing = 0;
  let quiet = 0;
  let warnings = 0;
  let forkWarnings = 0;
  return () => {
    const { oomFile, forksFile } = counters();
    const killed = oomFile === undefined ? 0 : readCount(oomFile, "oom_kill");
    if (killed > kills && ++warnings <= MOST_WARNINGS) {
      warn(
        `The sandbox reached its memory limit of ${formatBytes(limits.memoryBytes)}: the system ended ${killed - kills} of its processes.`,
      );
    }
    kills = killed;
    const refused = forksFile === undefined ? 0 : readCount(forksFile, "max");
    quiet = refused > refusals ? 0 : quiet + 1;
    refusing = refused > 0 && quiet < FORK_PAUSE ? refusing + 1 : 0;
    if (refusing === 1 && ++forkWarnings <= MOST_WARNINGS) {
      warn(`The sandbox reached its limit of ${limits.processes} processes: it could start no more.`);
    }
    refusals = refused;
    if (refusing >= FORK_PATIENCE) end("process_limit");
  };
}

/**
 * Measuring a tree is dear, asking the disk is not: it is measured when the disk lost space, whoever took it. What is free is first asked
 * before the sandbox can have written anything: one that fills the disk within a second would be the measure of itself.
 */
function diskCheck({ launch, end }: Watched): () => void {
  const { diskFolders, limits } = launch;
  let freeBefore = freeBytes(diskFolders[0] ?? "/");
  let checks = 0;
  let measuring = false;
  return () => {
    const free = freeBytes(diskFolders[0] ?? "/");
    checks += 1;
    freeBefore = Math.max(freeBefore, free);
    const scarce = free < DISK_RESERVE_BYTES;
    if (measuring || (freeBefore - free < DISK_STEP_BYTES && checks % DISK_EVERY !== 0 && !scarce)) return;
    measuring = true;
    freeBefore = free;
    // What cannot be read is not counted: its folder is.
    execFile("du", ["-sxc", "--block-size=1", "--", ...diskFolders], { timeout: 60_000 }, (_, stdout) => {
      measuring = false;
      const total = Number(/^(\d+)\s+total$/m.exec(stdout)?.[1] ?? 0);
      if (total > limits.diskBytes || (scarce && total > DISK_STEP_BYTES)) end("disk_limit");
    });
  };
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
