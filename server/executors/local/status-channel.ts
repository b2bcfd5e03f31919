import type { Readable } from "node:stream";

/**
 * What a sandbox's outermost program says of it to the shim, on descriptor 3: one JSON object per line. bubblewrap's `--json-status-fd` says
 * `child-pid` first and other things later; `contain.ts` says the rest as well.
 */
export interface SandboxStatus {
  /** The init of its PID namespace, as this machine numbers it. */
  "child-pid"?: number;
  /** Where the kernel counts what it refused the sandbox. */
  oomFile?: string;
  forksFile?: string;
  /** The kernel ended the sandbox, or the agent in it, for want of memory. */
  outOfMemory?: boolean;
  /** It could not be made, or what holds it could not be followed any more. */
  failed?: { detail: string; remedy: string };
}

/** Longer than any line; what is no line by then is dropped. */
const LINE_LIMIT = 64_000;

/** Calls `tell` for each line of `stream`. What is not JSON is passed over. */
export function followStatus(stream: Readable, tell: (status: SandboxStatus) => void): void {
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const text = rest + chunk.toString("utf8");
    // bubblewrap's first object may span lines: it ends with a brace at the end of one.
    const end = text.lastIndexOf("}\n");
    rest = text.slice(end < 0 ? 0 : end + 2).slice(-LINE_LIMIT);
    if (end < 0) return;
    for (const object of text.slice(0, end + 1).split(/(?<=\})\n/)) {
      const status = parse(object);
      if (status !== undefined) tell(status);
    }
  });
}

function parse(text: string): SandboxStatus | undefined {
  try {
    return JSON.parse(text) as SandboxStatus;
  } catch {
    return undefined;
  }
}
