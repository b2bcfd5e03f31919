import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type AttemptFiles, readRecord, shimRecordSchema } from "./attempt-files";
import { findProcesses } from "./host-processes";
import { isAlive, signal } from "./process-identity";

const TIMEOUT_MS = 5_000;
/** A process that is just being forked or is replacing itself shows no arguments for a moment: so often in a row nothing must be found. */
const EMPTY_LOOKS = 3;
const LOOK_INTERVAL_MS = 15;

/**
 * Ends what an attempt's shim left running when it was killed, and resolves when nothing is left. bubblewrap asks the kernel to be ended
 * with its parent, but only some way into its start (its init even after it started the program): a shim that dies before that leaves a
 * whole sandbox that no record knows of. Throws when something survives SIGKILL for 5 s.
 */
export async function endLeftovers(files: AttemptFiles): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  let empty = 0;
  while (empty < EMPTY_LOOKS) {
    const record = await readRecord(files.shim, shimRecordSchema).catch(() => undefined);
    const left = await processesOf(files);
    const init = record?.init;
    if (init !== undefined && isAlive(init)) left.push(init.pid);
    empty = left.length === 0 ? empty + 1 : 0;
    if (left.length > 0 && performance.now() > deadline) throw new Error(`processes ${left.join(", ")} of ${files.folder} do not end`);
    if (init !== undefined) signal(init, "SIGKILL");
    for (const pid of left) kill(pid);
    await pause(LOOK_INTERVAL_MS);
  }
}

/**
 * Shim, bubblewrap and, without a sandbox, agent of one attempt: told by the arguments and the environment they were started with. The
 * programs that make and take trees are not among them.
 */
function processesOf(files: AttemptFiles): Promise<number[]> {
  const telling = new Set([files.folder, files.config, `AIDEATOR_TASK=${files.config}/task.json`]);
  return findProcesses(async (pid) => {
    for (const what of ["cmdline", "environ"] as const)
      if ((await wordsOf(pid, what)).some((word) => telling.has(word))) return Number(pid);
    return undefined;
  });
}

async function wordsOf(pid: string, what: "cmdline" | "environ"): Promise<string[]> {
  // Somebody else's, or gone: not ours either way. Of a process that only waits to be reaped both are empty.
  const text = await readFile(`/proc/${pid}/${what}`, "utf8").catch(() => "");
  return text.split("\0");
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Ended meanwhile.
  }
}
