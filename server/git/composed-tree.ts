import { createHash, randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DataLayout } from "./data-layout";
import type { Git } from "./git-command";
import type { TreeEntry } from "./git-store";

/** Blobs that are written at once. */
const IN_PARALLEL = 4;

/** Stores texts as blobs, those that are not there yet; resolves to their ids, in the same order. */
export async function writeBlobs(git: Git, gitDir: string, texts: readonly string[]): Promise<string[]> {
  const ids = texts.map(blobId);
  if (ids.length === 0) return [];
  const checked = await git.text(["cat-file", "--batch-check=%(objectname)"], { gitDir, stdin: `${ids.join("\n")}\n` });
  const known = new Set(checked.split("\n"));
  const missing = [...new Map(texts.map((text, at) => [ids[at] ?? "", text]))].filter(([id]) => !known.has(id));
  for (let at = 0; at < missing.length; at += IN_PARALLEL) {
    const write = (text: string): Promise<string> => git.text(["hash-object", "-w", "--no-filters", "--stdin"], { gitDir, stdin: text });
    await Promise.all(missing.slice(at, at + IN_PARALLEL).map(([, text]) => write(text)));
  }
  return ids;
}

/** As git names it: SHA-1 of a header and the bytes. */
function blobId(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/**
 * The tree of `from` without some files and with others. There is no working tree: an index of its own is read, changed and written. Resolves to
 * the paths that two files would have, or that would be file and folder at once, instead of a tree.
 */
export async function writeTree(
  git: Git,
  layout: DataLayout,
  gitDir: string,
  { from, remove, put }: { from: string; remove: readonly string[]; put: readonly TreeEntry[] },
): Promise<{ tree: string } | { clashes: string[] }> {
  await mkdir(layout.temporary, { recursive: true });
  const index = join(layout.temporary, `index-${randomBytes(8).toString("hex")}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    await git.run(["read-tree", from], { gitDir, env });
    const gone = remove.map((path) => `0 ${"0".repeat(40)}\t${path}\0`);
    if (gone.length > 0) await git.run(["update-index", "-z", "--index-info"], { gitDir, env, stdin: gone.join("") });
    const removed = new Set(remove);
    if (put.some(({ path }) => !removed.has(path))) {
      const { stdout } = await git.run(["ls-files", "-z"], { gitDir, env });
      const clashes = clashesOf(stdout.toString("utf8").split("\0"), put);
      if (clashes.length > 0) return { clashes };
    }
    const added = put.map(({ path, mode, blob }) => `${mode} ${blob}\t${path}\0`);
    if (added.length > 0) await git.run(["update-index", "-z", "--index-info"], { gitDir, env, stdin: added.join("") });
    return { tree: await git.text(["write-tree"], { gitDir, env }) };
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}

function clashesOf(there: readonly string[], put: readonly TreeEntry[]): string[] {
  const files = new Set(there.filter((path) => path !== ""));
  const folders = new Set<string>();
  for (const path of files) for (const folder of foldersOf(path)) folders.add(folder);
  return put.flatMap(({ path }) => {
    const inFile = foldersOf(path).find((folder) => files.has(folder));
    if (inFile !== undefined) return [inFile];
    return files.has(path) || folders.has(path) ? [path] : [];
  });
}

function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) folders.push(path.slice(0, at));
  return folders;
}
