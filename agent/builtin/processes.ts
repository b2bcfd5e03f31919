import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as pause } from "node:timers/promises";
import { createOutputTail, type OutputTail } from "./output-tail";

/** At the same time; an agent that needs more has forgotten some. */
const MAX_RUNNING = 8;
/** Characters kept of what a process printed between two readings. */
const UNREAD_LIMIT = 30_000;
const STOP_GRACE_MS = 2_000;

export interface ProcessNews {
  command: string;
  /** Printed since the last reading, head and tail. */
  output: string;
  /** `running`, `exit code 1`, `ended by SIGTERM`. */
  state: string;
  running: boolean;
  seconds: number;
}

/** The commands that an agent left running. */
export interface ProcessTable {
  /** Answers its name: `p1`, `p2`, … Throws when too many run. */
  start(command: string, cwd: string): string;
  /** What is new; waits up to `ms` for anything, or for the end. Undefined for an unknown name. */
  read(name: string, ms: number, signal: AbortSignal): Promise<ProcessNews | undefined>;
  /** Ends it and everything it started; asks first, then insists. */
  stop(name: string): Promise<ProcessNews | undefined>;
  names(): string[];
  /** Ends them all at once, without asking. */
  endAll(): void;
}

interface Entry {
  command: string;
  child: ChildProcess;
  unread: OutputTail;
  startedAt: number;
  ended: Promise<unknown>;
  stirred: () => void;
}

export function createProcessTable(): ProcessTable {
  const entries = new Map<string, Entry>();
  const running = ({ child }: Entry): boolean => child.exitCode === null && child.signalCode === null;

  function news(entry: Entry): ProcessNews {
    const { child, command, unread, startedAt } = entry;
    entry.unread = createOutputTail(UNREAD_LIMIT);
    const state = running(entry) ? "running" : child.signalCode === null ? `exit code ${child.exitCode}` : `ended by ${child.signalCode}`;
    return { command, output: unread.text(), state, running: running(entry), seconds: Math.round((performance.now() - startedAt) / 1_000) };
  }

  return {
    names: () => [...entries.keys()],
    start(command, cwd) {
      if ([...entries.values()].filter(running).length >= MAX_RUNNING) {
        throw new Error(`${MAX_RUNNING} processes run already: stop one first (${[...entries.keys()].join(", ")})`);
      }
      const child = spawnShell(command, cwd);
      const entry: Entry = {
        command,
        child,
        unread: createOutputTail(UNREAD_LIMIT),
        startedAt: performance.now(),
        ended: once(child, "exit").catch(() => undefined),
        stirred: () => undefined,
      };
      onText(child, (_, text) => {
        entry.unread.push(text);
        entry.stirred();
      });
      const name = `p${entries.size + 1}`;
      entries.set(name, entry);
      return name;
    },
    async read(name, ms, signal) {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      if (entry.unread.length === 0 && running(entry) && ms > 0) {
        const stirred = new Promise<void>((resolve) => (entry.stirred = resolve));
        const timer = new AbortController();
        await Promise.race([
          stirred,
          entry.ended,
          pause(ms, undefined, { signal: AbortSignal.any([timer.signal, signal]) }).catch(() => undefined),
        ]);
        timer.abort();
        // What is printed together should be read together.
        await pause(50);
      }
      return news(entry);
    },
    async stop(name) {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      if (running(entry)) {
        signalGroup(entry.child.pid, "SIGTERM");
        const timer = new AbortController();
        await Promise.race([entry.ended, pause(STOP_GRACE_MS, undefined, { signal: timer.signal }).catch(() => undefined)]);
        timer.abort();
      }
      // Also when it ended by itself: what it started may live on.
      signalGroup(entry.child.pid, "SIGKILL");
      await entry.ended;
      return news(entry);
    },
    endAll() {
      for (const { child } of entries.values()) signalGroup(child.pid, "SIGKILL");
    },
  };
}

/** What a child prints as text; a character that is cut by a chunk waits for its rest. */
export function onText(child: ReturnType<typeof spawnShell>, take: (stream: "stdout" | "stderr", text: string) => void): void {
  for (const stream of ["stdout", "stderr"] as const) {
    const decoder = new StringDecoder("utf8");
    child[stream].on("data", (chunk: Buffer) => take(stream, decoder.write(chunk)));
  }
}

/** A command of the agent's in a process group of its own, with no terminal and no pager. */
export function spawnShell(command: string, cwd: string): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
  const env = { ...process.env, PAGER: "cat", GIT_PAGER: "cat", GIT_TERMINAL_PROMPT: "0" };
  return spawn("/bin/bash", ["-c", command], { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
}

/** The whole group; one that is gone is no error. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}
