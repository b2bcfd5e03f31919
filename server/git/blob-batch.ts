import type { Git } from "./git-command";

/** Bounds of a batch, in bytes. */
export interface BlobBatchLimits {
  each: number;
  all: number;
}

/**
 * The contents of many blobs with two processes of git. What is larger than `each`, what comes after `all` bytes are together, and what is not
 * there is left out. The bytes of all of them are views of one buffer that nothing else uses: it can be given to another thread.
 */
export async function readBlobBatch(
  git: Git,
  gitDir: string,
  blobs: readonly string[],
  limits: BlobBatchLimits,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const wanted = await withinLimits(git, gitDir, [...new Set(blobs)], limits);
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  if (wanted.length === 0) return contents;
  // Each answer is `id SP type SP size LF content LF`.
  const maxBytes = limits.all + wanted.length * 128;
  const { stdout } = await git.run(["cat-file", "--batch", "--buffer"], { gitDir, stdin: `${wanted.join("\n")}\n`, maxBytes });
  // A small buffer of Node's is part of a pool, which no other thread may have.
  const bytes = new Uint8Array(stdout.length);
  bytes.set(stdout);
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf(10, at);
    const [id = "", , size] = stdout.toString("latin1", at, lineEnd).split(" ");
    const start = lineEnd + 1;
    const length = Number(size);
    contents.set(id, bytes.subarray(start, start + length));
    at = start + length + 1;
  }
  return contents;
}

async function withinLimits(git: Git, gitDir: string, blobs: readonly string[], { each, all }: BlobBatchLimits): Promise<string[]> {
  if (blobs.length === 0) return [];
  const args = ["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", "--buffer"];
  const checked = await git.text(args, { gitDir, stdin: `${blobs.join("\n")}\n` });
  let left = all;
  return checked.split("\n").flatMap((line) => {
    const [id = "", type, size] = line.split(" ");
    if (type !== "blob" || Number(size) > Math.min(each, left)) return [];
    left -= Number(size);
    return [id];
  });
}
