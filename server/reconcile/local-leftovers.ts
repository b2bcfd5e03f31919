import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { attemptFiles } from "../executors/local/attempt-files";
import { endLeftovers } from "../executors/local/end-leftovers";
import { findProcesses } from "../executors/local/host-processes";

/** What an executor can say of processes that it started and may have lost. */
export interface Leftovers {
  /** Names of attempts that have processes, live ones among them. */
  leftovers(): Promise<string[]>;
  /** Ends all processes of an attempt; rejects when one survives. Idempotent. */
  endLeftovers(name: string): Promise<void>;
}

/** `Leftovers` of the executor on this machine: shims, bubblewraps and bare agents, told by what they were started with. */
export function createLocalLeftovers(dataDir: string): Leftovers {
  const attemptsDir = join(dataDir, "attempts");
  return {
    async leftovers() {
      const names = await findProcesses(async (pid) => {
        const name = await attemptOf(pid, attemptsDir);
        return name === undefined || (await hasTerminal(pid)) ? undefined : name;
      });
      return [...new Set(names)];
    },
    endLeftovers: (name) => endLeftovers(attemptFiles(attemptsDir, name)),
  };
}

/** The same words as `endLeftovers` looks for: what it ends and what is found here must not differ. */
async function attemptOf(pid: string, attemptsDir: string): Promise<string | undefined> {
  for (const what of ["cmdline", "environ"]) {
    // Somebody else's, or gone: not ours either way.
    const text = await readFile(`/proc/${pid}/${what}`, "utf8").catch(() => "");
    if (!text.includes(attemptsDir)) continue;
    for (const word of text.split("\0")) {
      const name = nameIn(word, attemptsDir);
      if (name !== undefined) return name;
    }
  }
  return undefined;
}

function nameIn(word: string, attemptsDir: string): string | undefined {
  const path = word.startsWith("AIDEATOR_TASK=") ? word.slice("AIDEATOR_TASK=".length).replace(/\/task\.json$/, "") : word;
  if (!path.startsWith(`${attemptsDir}/`)) return undefined;
  return /^(agent-[a-z0-9-]{1,80})(?:\/config)?$/.exec(path.slice(attemptsDir.length + 1))?.[1];
}

/** True for what a person runs in a terminal, to look at a tree that was kept: shims and sandboxes have a session without one. */
async function hasTerminal(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  // proc(5): the name in parentheses may hold anything; state is field 3, the terminal field 7.
  return (stat.slice(stat.lastIndexOf(")") + 2).split(" ")[4] ?? "0") !== "0";
}
