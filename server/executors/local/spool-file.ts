import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

const RETRY_MS = 500;
/** A disk that stays full for so long ends the sandbox: nobody would ever read what it says. */
const PATIENCE_MS = 60_000;

export interface SpoolFile {
  /** Whole lines, without their ends. */
  write(lines: string[]): void;
  /** True while the disk is full and output stands still. */
  held(): boolean;
  /** Writes what is left, as far as that is possible, and closes. */
  close(): void;
}

/**
 * The shim's append-only file. On a full disk nothing is dropped or torn: `held` stops the sandbox's output, what is written already stays,
 * the rest follows when there is space again, and `released` lets the output flow on; `gaveUp` is called when there is none for a minute.
 */
export function openSpoolFile(path: string, on: { held: () => void; released: () => void; gaveUp: () => void }): SpoolFile {
  const file = openSync(path, "a", 0o600);
  let rest = Buffer.alloc(0);
  let heldSince: number | undefined;

  /** True when nothing is left. */
  function drain(): boolean {
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(file, rest));
      return true;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT"))) throw error;
      return false;
    }
  }

  function retry(): void {
    if (heldSince === undefined) return;
    if (drain()) {
      heldSince = undefined;
      on.released();
    } else if (performance.now() - heldSince > PATIENCE_MS) {
      heldSince = undefined;
      on.gaveUp();
    } else setTimeout(retry, RETRY_MS);
  }

  return {
    write(lines) {
      if (lines.length === 0) return;
      const text = Buffer.from(`${lines.join("\n")}\n`);
      rest = rest.length === 0 ? text : Buffer.concat([rest, text]);
      if (heldSince !== undefined || drain()) return;
      heldSince = performance.now();
      on.held();
      setTimeout(retry, RETRY_MS);
    },
    held: () => heldSince !== undefined,
    close() {
      drain();
      fsyncSync(file);
      closeSync(file);
    },
  };
}
