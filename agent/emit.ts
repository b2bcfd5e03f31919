import { writeSync } from "node:fs";
import type { AgentLine } from "@/lib/protocol/agent-lines";

/** Prints one fact. Lines are numbered from 1 so that a reader can tell a gap. */
export type Emit = (line: AgentLine) => void;

/** The only way out of the sandbox for facts: one JSON object per line on standard output, whole or not at all. */
export function createEmit(write: (text: string) => void = writeStdout): Emit {
  let n = 0;
  return (line) => {
    n += 1;
    write(`${JSON.stringify({ n, ...line })}\n`);
  };
}

/** Synchronous: what was said is out even if the process dies at the next instruction. A full pipe is waited for. */
function writeStdout(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
