import type { AttributesFile } from "@/lib/diff/generated-files";
import type { Git, GitStream } from "./git-command";
import type { BlobContent, TreeFile, TreeIndex } from "./git-store";
import { pathText } from "./path-text";

/** Text beyond this is cut: an editor has no use for more. */
const TEXT_LIMIT = 5 * 1024 * 1024;
/** git's own rule: a NUL in the first 8,000 bytes makes a file binary. */
const SNIFF_BYTES = 8_000;
/** What is beyond these is not read. */
const MAX_ATTRIBUTES = { files: 100, bytes: 256 * 1024 };

/** Every file of a tree; submodules have no blob and are left out. */
export async function listTree(git: Git, gitDir: string, commit: string): Promise<TreeFile[]> {
  const { stdout } = await git.run(["ls-tree", "-r", "-z", "-l", "--full-tree", commit], { gitDir });
  return parseTree(stdout).flatMap(({ type, ...file }) => (type === "blob" ? [file] : []));
}

/** The paths alone, without a look into any file; those whose bytes are no UTF-8 cannot be typed and are left out. */
export async function listPaths(git: Git, gitDir: string, commit: string): Promise<string[]> {
  const { stdout } = await git.run(["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit], { gitDir });
  return stdout
    .toString("latin1")
    .split("\0")
    .flatMap((record) => {
      const { path, pathBytes } = pathText(record);
      return path === "" || pathBytes !== undefined ? [] : [path];
    });
}

/** What a tree has at this path, symbolic links not followed; undefined when there is nothing. */
export async function entryAt(git: Git, gitDir: string, commit: string, path: string): Promise<(TreeFile & { type: string }) | undefined> {
  const args = ["ls-tree", "-z", "-l", "--full-tree", commit, "--", path];
  const { stdout, code } = await git.run(args, { gitDir, allowCodes: [128] });
  return code === 0 ? parseTree(stdout).find((entry) => entry.path === path) : undefined;
}

/** `ls-tree -z -l`: `mode type id size TAB path NUL`; the size of what is no blob is `-`. */
function parseTree(stdout: Buffer): (TreeFile & { type: string })[] {
  return stdout
    .toString("latin1")
    .split("\0")
    .flatMap((record) => {
      const [, mode, type, blob, size, path] = /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t([\s\S]*)$/.exec(record) ?? [];
      if (mode === undefined || type === undefined || blob === undefined || path === undefined) return [];
      return [{ ...pathText(path), blob, size: size === "-" ? 0 : Number(size), mode, type }];
    });
}

/** Size in bytes; undefined when there is no such blob. */
export async function blobSize(git: Git, gitDir: string, blob: string): Promise<number | undefined> {
  const checked = await git.text(["cat-file", "--batch-check=%(objecttype) %(objectsize)"], { gitDir, stdin: `${blob}\n` });
  const [type, length] = checked.split(" ");
  return type === "blob" ? Number(length) : undefined;
}

/** The bytes of a blob, read only as fast as they are taken. */
export function streamBlob(git: Git, gitDir: string, blob: string): GitStream {
  const stream = git.stream(["cat-file", "blob", blob], { gitDir });
  stream.stdin.end();
  return stream;
}

/** A blob as an editor wants it, its beginning when it is long; undefined when there is no such blob. Never takes more than that into memory. */
export async function readBlobContent(git: Git, gitDir: string, blob: string): Promise<BlobContent | undefined> {
  const size = await blobSize(git, gitDir, blob);
  if (size === undefined) return undefined;
  const head = await readHead(streamBlob(git, gitDir, blob), TEXT_LIMIT);
  const binary = head.subarray(0, SNIFF_BYTES).includes(0);
  return binary ? { size, binary, truncated: false } : { size, binary, text: textOf(head, size), truncated: size > TEXT_LIMIT };
}

/** A character that the limit cuts is left out. */
function textOf(head: Buffer, size: number): string {
  if (head.length >= size) return head.toString("utf8");
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(head, { stream: true });
}

async function readHead(stream: GitStream, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of stream.stdout as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      // Binary files are not shown, so that no more of them need be read.
      if (length >= limit || (length >= SNIFF_BYTES && parts.length === 1 && part.subarray(0, SNIFF_BYTES).includes(0))) break;
    }
  } finally {
    stream.kill();
  }
  return Buffer.concat(parts).subarray(0, limit);
}

/** What is known of a tree as a whole; `.gitattributes` files are read as data. */
export async function indexTree(git: Git, gitDir: string, commit: string): Promise<TreeIndex> {
  // Without sizes: git would have to look into every file.
  const { stdout } = await git.run(["ls-tree", "-r", "-z", "--full-tree", commit], { gitDir });
  const blobs = new Set<string>();
  const named: { path: string; blob: string }[] = [];
  for (const record of stdout.toString("latin1").split("\0")) {
    // `mode type id TAB path`; a mode has six digits.
    if (record.slice(7, 12) !== "blob ") continue;
    const blob = record.slice(12, 52);
    blobs.add(blob);
    if (record.endsWith(".gitattributes") && /[\t/]\.gitattributes$/.test(record))
      named.push({ blob, path: pathText(record.slice(53)).path });
  }
  const attributes = await Promise.all(named.slice(0, MAX_ATTRIBUTES.files).map((file) => readAttributes(git, gitDir, file)));
  return { blobs, attributes };
}

async function readAttributes(git: Git, gitDir: string, { path, blob }: { path: string; blob: string }): Promise<AttributesFile> {
  const text = (await readHead(streamBlob(git, gitDir, blob), MAX_ATTRIBUTES.bytes)).toString("utf8");
  return { folder: path.slice(0, Math.max(0, path.lastIndexOf("/"))), text };
}

/** Ids of the objects that these commits have and the base has not. */
export async function objectsBeyond(git: Git, gitDir: string, base: string, commits: readonly string[]): Promise<Set<string>> {
  const stdin = `${commits.join("\n")}\n^${base}\n`;
  const { stdout } = await git.run(["rev-list", "--objects", "--stdin"], { gitDir, stdin });
  return new Set(
    stdout
      .toString("latin1")
      .split("\n")
      .map((line) => line.slice(0, 40)),
  );
}
