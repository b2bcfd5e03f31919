import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { StringDecoder } from "node:string_decoder";

/** One kept line. `n` is the pod's number of it; 0: the executor's own word, such as why a pod waits. */
export interface SpooledLine {
  n: number;
  text: string;
}

/**
 * The server's copy of an attempt's lines, in the order in which they were first told; the place in it is what cursors count. Nodes throw
 * rotated logs away and a Job goes an hour after its end, but readers start at line 1 again after each restart.
 */
export interface PodSpool {
  /** The pod's number of the last line that is here. */
  last(): number;
  lines(): AsyncGenerator<SpooledLine>;
  append(lines: readonly SpooledLine[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens or makes it. A line that a crash tore is cut off: it comes again. */
export async function openPodSpool(path: string): Promise<PodSpool> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file: FileHandle = await open(path, "a", 0o600);
  let last = 0;
  let whole = 0;
  for await (const { n, end } of read(path)) {
    last = Math.max(last, n);
    whole = end;
  }
  await truncate(path, whole);
  return {
    last: () => last,
    async *lines() {
      for await (const { n, text } of read(path)) yield { n, text };
    },
    async append(lines) {
      if (lines.length === 0) return;
      await file.appendFile(lines.map(({ n, text }) => `${n} ${text}\n`).join(""));
      last = Math.max(last, ...lines.map(({ n }) => n));
    },
    close: () => file.close(),
  };
}

/** Whole lines, with the byte behind each. */
async function* read(path: string): AsyncGenerator<SpooledLine & { end: number }> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let end = 0;
  for await (const chunk of createReadStream(path)) {
    const pieces = (rest + decoder.write(chunk as Buffer)).split("\n");
    rest = pieces.pop() ?? "";
    for (const piece of pieces) {
      end += Buffer.byteLength(piece) + 1;
      const space = piece.indexOf(" ");
      yield { n: Number(piece.slice(0, space)), text: piece.slice(space + 1), end };
    }
  }
}
