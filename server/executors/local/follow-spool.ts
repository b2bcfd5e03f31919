import { watch } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { constants as osConstants } from "node:os";
import { StringDecoder } from "node:string_decoder";
import type { AttachItem, AttemptExit, SpoolLine } from "../executor";
import { type AttemptFiles, type ExitRecord, exitRecordSchema, type ProcessIdentity, readRecord } from "./attempt-files";
import { isAlive } from "./process-identity";

/** Between two looks when the file system says nothing; also how often the shim's life is checked. */
const POLL_MS = 500;
const CHUNK_BYTES = 256 * 1024;

/**
 * Lines of a spool from `fromLine` on, live ones as they come, then the exit. Ends without an exit only when `signal` aborts. The same path
 * serves the first attach and the one after a restart.
 */
export async function* followSpool(
  files: AttemptFiles,
  shim: ProcessIdentity,
  { fromLine, signal }: { fromLine: number; signal: AbortSignal },
): AsyncIterable<AttachItem> {
  const wake = watchFolder(files.folder, signal);
  let reader: SpoolReader | undefined;
  /** What is there now. */
  async function* lines(): AsyncIterable<AttachItem> {
    reader ??= await openSpool(files.spool);
    for (;;) {
      const read: SpoolLine[] | undefined = await reader?.next();
      if (read === undefined) return;
      for (const line of read) {
        if (line.line >= fromLine) yield { type: "line", line };
        if (signal.aborted) return;
      }
    }
  }
  try {
    while (!signal.aborted) {
      // First of all: nobody who waits for a line is to wait for what follows.
      yield* lines();
      // Both looked at before the spool is read again: whatever was written before them is then in it.
      const exit = await readRecord(files.exit, exitRecordSchema);
      const gone = exit === undefined && !isAlive(shim);
      yield* lines();
      if (signal.aborted) return;
      if (exit !== undefined) return yield { type: "exit", exit: exitOf(exit) };
      if (gone) {
        // Between the two looks above it may have written its last word and ended.
        const late = await readRecord(files.exit, exitRecordSchema);
        if (late === undefined) return yield { type: "exit", exit: lost() };
        continue;
      }
      await wake.wait();
    }
  } finally {
    wake.close();
    await reader?.close();
  }
}

interface SpoolReader {
  /** More whole lines, or undefined at the end of what is there. */
  next(): Promise<SpoolLine[] | undefined>;
  close(): Promise<void>;
}

async function openSpool(path: string): Promise<SpoolReader | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch {
    return undefined; // The shim has not made it yet.
  }
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let rest = "";
  let count = 0;
  return {
    async next() {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return undefined;
      const pieces = (rest + decoder.write(buffer.subarray(0, bytesRead))).split("\n");
      rest = pieces.pop() ?? "";
      return pieces.map((text) => ({ line: ++count, text }));
    },
    close: () => file.close(),
  };
}

interface Wake {
  wait(): Promise<void>;
  close(): void;
}

/** Wakes at every write below the folder, at the latest after `POLL_MS`. */
function watchFolder(folder: string, signal: AbortSignal): Wake {
  let pending = false;
  let notify: (() => void) | undefined;
  const ring = (): void => {
    pending = true;
    notify?.();
  };
  let watcher: ReturnType<typeof watch> | undefined;
  try {
    watcher = watch(folder, ring);
    watcher.on("error", () => watcher?.close());
  } catch {
    // Out of watches: looking twice a second still works.
  }
  signal.addEventListener("abort", ring, { once: true });
  return {
    async wait() {
      if (!pending) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, POLL_MS);
          notify = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      notify = undefined;
      pending = false;
    },
    close() {
      watcher?.close();
      signal.removeEventListener("abort", ring);
    },
  };
}

const KEPT = "What it had written is kept: open the diff, or run again.";

function lost(): AttemptExit {
  return {
    kind: "failed",
    failure: { code: "lost", message: "The process that watched over this agent is gone, and the agent with it.", remedy: KEPT },
  };
}

/** The shim's record → the port's exit. */
function exitOf({ code, signal, cause, detail, remedy }: ExitRecord): AttemptExit {
  switch (cause) {
    case "stopped":
      return { kind: "failed", failure: { code: "agent_killed", message: "The agent was stopped.", remedy: KEPT } };
    case "wall_limit":
      return { kind: "failed", failure: { code: "timeout", message: "The time limit of this variation was reached.", remedy: KEPT } };
    case "idle_limit":
      return {
        kind: "failed",
        failure: { code: "timeout", message: "The agent said nothing for too long, so it was ended.", remedy: KEPT },
      };
    case "memory_limit":
      return {
        kind: "failed",
        failure: {
          code: "out_of_memory",
          message: "The sandbox needed more memory than it may have.",
          remedy: `${KEPT} If the task needs that much, ask for smaller steps.`,
        },
      };
    case "process_limit":
      return {
        kind: "failed",
        failure: { code: "resource_limit", message: "The sandbox started more processes than it may have.", remedy: KEPT },
      };
    case "disk_limit":
      return {
        kind: "failed",
        failure: { code: "resource_limit", message: "The sandbox filled more of the disk than it may.", remedy: KEPT },
      };
    case "no_server":
      return {
        kind: "failed",
        failure: { code: "lost", message: "No server came back, so the sandbox ended itself.", remedy: KEPT },
      };
    case "spawn_failed": {
      const usual = "Check that bubblewrap and Node.js are installed where the server looks for them, then run again.";
      const failure = { code: "sandbox" as const, message: "The sandbox could not be started.", remedy: remedy ?? usual, detail };
      return { kind: "failed", failure };
    }
    case "ended":
      if (signal !== null) return { kind: "signalled", signal };
      // What a shell and bubblewrap's init make of a signal.
      if (code !== null && code > 128) return { kind: "signalled", signal: signalName(code - 128) };
      return { kind: "exited", code: code ?? 1 };
  }
}

function signalName(number: number): string {
  const known = Object.entries(osConstants.signals).find(([, value]) => value === number);
  return known?.[0] ?? `signal ${number}`;
}
