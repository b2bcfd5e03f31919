import type { Readable } from "node:stream";

/** One member of a tar archive. `content` must be read to its end, or not at all, before the next member. */
export interface ArchiveMember {
  path: string;
  kind: "file" | "folder" | "symbolic link" | "hard link" | "other";
  /** Permission bits; nothing above them. */
  mode: number;
  /** Seconds since the epoch. */
  modified: number;
  /** Bytes. */
  size: number;
  /** Of links. */
  target: string;
  content(): AsyncGenerator<Buffer>;
}

/** Numbers of tar's `typeflag`. */
const KINDS: Record<string, ArchiveMember["kind"]> = { "0": "file", "\0": "file", "5": "folder", "2": "symbolic link", "1": "hard link" };
const BLOCK = 512;
const LONGEST_NAME = 16 * 1024;

/**
 * Members of a tar archive in GNU's format (https://www.gnu.org/software/tar/manual/html_node/Standard.html), as `tar --format=gnu` writes it:
 * ustar headers, with `L` and `K` members for long names and targets. An error for anything else: archives come from strangers.
 */
export async function* readArchive(source: Readable): AsyncGenerator<ArchiveMember> {
  const blocks = blocksOf(source);
  let longPath: string | undefined;
  let longTarget: string | undefined;
  for (;;) {
    const header = await blocks.take(BLOCK);
    // Two empty blocks end it; what comes after them is padding.
    if (header === undefined || header.every((byte) => byte === 0)) return;
    checkSum(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const size = type === "1" || type === "2" ? 0 : octal(header, 124, 12);
    if (type === "L" || type === "K") {
      if (size > LONGEST_NAME) throw new Error("a name in the archive is too long");
      const text = cString(await whole(blocks, size), 0, size);
      if (type === "L") longPath = text;
      else longTarget = text;
      continue;
    }
    if (type === "x" || type === "g" || type === "S") throw new Error(`the archive has a member of type ${type}, which is not read here`);
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    let left = padded;
    yield {
      path: longPath ?? cString(header, 0, 100),
      kind: KINDS[type] ?? "other",
      mode: octal(header, 100, 8) & 0o777,
      // Before 1970 and after 2242 GNU writes another form of number.
      modified: ((header[136] ?? 0) & 0x80) === 0 ? octal(header, 136, 12) : 0,
      size,
      target: longTarget ?? cString(header, 157, 100),
      async *content() {
        while (left > 0) {
          const piece = await blocks.some(left);
          const room = size - (padded - left);
          left -= piece.length;
          if (room > 0) yield piece.subarray(0, room);
        }
      },
    };
    while (left > 0) left -= (await blocks.some(left)).length;
    longPath = undefined;
    longTarget = undefined;
  }
}

interface Blocks {
  /** So many bytes; undefined at the end. */
  take(bytes: number): Promise<Buffer | undefined>;
  /** At least one, at most so many. */
  some(most: number): Promise<Buffer>;
}

function blocksOf(source: Readable): Blocks {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let held: Buffer = Buffer.alloc(0);
  async function more(): Promise<boolean> {
    const { value, done } = await chunks.next();
    if (done === true) return false;
    held = held.length === 0 ? value : Buffer.concat([held, value]);
    return true;
  }
  function cut(bytes: number): Buffer {
    const piece = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return piece;
  }
  return {
    async take(bytes) {
      while (held.length < bytes)
        if (!(await more())) {
          if (held.length === 0) return undefined;
          throw new Error("the archive is cut");
        }
      return cut(bytes);
    },
    async some(most) {
      while (held.length === 0) if (!(await more())) throw new Error("the archive is cut");
      return cut(Math.min(most, held.length));
    },
  };
}

async function whole(blocks: Blocks, size: number): Promise<Buffer> {
  const bytes = await blocks.take(Math.ceil(size / BLOCK) * BLOCK);
  if (bytes === undefined) throw new Error("the archive is cut");
  return bytes;
}

function checkSum(header: Buffer): void {
  let sum = 0;
  for (let at = 0; at < BLOCK; at += 1) sum += at >= 148 && at < 156 ? 32 : (header[at] ?? 0);
  if (sum !== octal(header, 148, 8)) throw new Error("this is no tar archive");
}

function octal(header: Buffer, at: number, length: number): number {
  const text = cString(header, at, length).trim();
  if (!/^[0-7]*$/.test(text)) throw new Error("this is no tar archive: a number in it is not octal");
  return text === "" ? 0 : Number.parseInt(text, 8);
}

function cString(bytes: Buffer, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return (end < 0 ? field : field.subarray(0, end)).toString("utf8");
}
