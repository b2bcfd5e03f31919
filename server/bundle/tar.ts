import { createReadStream } from "node:fs";

/** A file that goes into an archive. */
export interface TarEntry {
  /** With forward slashes; 100 bytes of ASCII at most. */
  name: string;
  /** Where its bytes are. */
  file: string;
  /** Bytes; the file must not change while it is read. */
  size: number;
}

const BLOCK = 512;

/** A POSIX ustar archive (IEEE Std 1003.1, pax: ustar Interchange Format). `at`: the time of all entries, seconds since the epoch. */
export async function* tarArchive(entries: readonly TarEntry[], at: number): AsyncGenerator<Buffer> {
  for (const { name, file, size } of entries) {
    yield header(name, size, at);
    let read = 0;
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      read += chunk.length;
      yield chunk;
    }
    if (read !== size) throw new Error(`${name} changed while it was read`);
    if (size % BLOCK !== 0) yield Buffer.alloc(BLOCK - (size % BLOCK));
  }
  yield Buffer.alloc(2 * BLOCK);
}

function header(name: string, size: number, at: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`too long a name for an archive: ${name}`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${Math.floor(value).toString(8).padStart(digits, "0")}\0`;
  const fields: [text: string, offset: number][] = [
    [name, 0],
    [octal(0o644, 7), 100],
    [octal(0, 7), 108],
    [octal(0, 7), 116],
    [octal(size, 11), 124],
    [octal(at, 11), 136],
    // The checksum counts its own field as spaces.
    ["        ", 148],
    ["0", 156],
    ["ustar\x0000", 257],
  ];
  for (const [text, offset] of fields) block.write(text, offset, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
