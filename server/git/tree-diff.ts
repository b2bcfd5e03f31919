import type { Git } from "./git-command";
import type { FileDiff, TreeDiff, TreeTotals } from "./git-store";
import { pathText } from "./path-text";

/** Files beyond this are compared by id only: counting their lines takes them into memory. */
export const BIG_FILE_BYTES = 20 * 1024 * 1024;
/** Where more than this many deleted files meet as many new ones, only identical ones are paired: the work grows with the square. */
export const RENAME_LIMIT = 500;
/** Nor is similarity looked for in more than this: git would take all of it into memory, several times over. */
const RENAME_BYTES = 64 * 1024 * 1024;
const PATCH_LIMIT = 64 * 1024 * 1024;
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** What decides how two trees are compared comes from here, never from a `.gitattributes` file (git 2.43 and newer read those of HEAD). */
const comparing = {
  config: [`core.bigFileThreshold=${BIG_FILE_BYTES}`],
  env: { GIT_ATTR_SOURCE: EMPTY_TREE },
};

/** Tree to tree, renames found, copies not. */
export async function diffTrees(
  git: Git,
  gitDir: string,
  from: string,
  to: string,
  { ignoreWhitespace = false }: { ignoreWhitespace?: boolean } = {},
): Promise<TreeDiff> {
  const exactOnly = (await renameBytes(git, gitDir, from, to)) > RENAME_BYTES;
  const options = ["-r", "-z", exactOnly ? "-M100%" : "-M", `-l${RENAME_LIMIT}`, "--no-ext-diff", "--no-textconv", "--no-abbrev"];
  const white = ignoreWhitespace ? ["--ignore-all-space"] : [];
  const { stdout } = await git.run(["diff-tree", ...options, ...white, "--raw", "--numstat", from, to], { gitDir, ...comparing });
  const files = parseDiff(stdout.toString("latin1"));
  await addSizes(git, gitDir, files);
  return { files, totals: totalsOf(files), renamesComplete: renamesComplete(files, exactOnly ? 0 : RENAME_LIMIT) };
}

/**
 * `diff-tree -z --raw --numstat`: first all raw records (`:mode mode id id status NUL path NUL [path NUL]`), then the counts
 * (`added TAB deleted TAB path NUL`, for renames `added TAB deleted TAB NUL old NUL new NUL`). A file may have no counts: when white space is
 * ignored and nothing else changed. `output` has one character per byte.
 */
export function parseDiff(output: string): FileDiff[] {
  const fields = output.split("\0");
  const byPath = new Map<string, FileDiff>();
  let at = 0;
  for (; fields[at]?.startsWith(":") === true; ) {
    const [oldMode = "", newMode = "", oldBlob = "", newBlob = "", letter = ""] = (fields[at] ?? "").slice(1).split(" ");
    const renamed = letter.startsWith("R") || letter.startsWith("C");
    const first = fields[at + 1] ?? "";
    const path = renamed ? (fields[at + 2] ?? "") : first;
    at += renamed ? 3 : 2;
    byPath.set(path, {
      ...pathText(path),
      oldPath: renamed ? pathText(first).path : undefined,
      status: statusOf(letter),
      oldBlob: present(oldBlob),
      newBlob: present(newBlob),
      oldMode: present(oldMode),
      newMode: present(newMode),
      added: 0,
      deleted: 0,
      binary: false,
    });
  }
  while (at < fields.length) {
    const [added = "", deleted = "", ...rest] = (fields[at] ?? "").split("\t");
    // A path may hold tabs.
    const plain = rest.join("\t");
    const file = byPath.get(plain === "" ? (fields[at + 2] ?? "") : plain);
    at += plain === "" ? 3 : 1;
    if (file === undefined || isSubmodule(file)) continue;
    file.binary = added === "-";
    file.added = file.binary ? 0 : Number(added);
    file.deleted = file.binary ? 0 : Number(deleted);
  }
  return [...byPath.values()];
}

/** A pointer to a commit elsewhere, on each side that there is: it has no lines. */
function isSubmodule({ oldMode, newMode }: FileDiff): boolean {
  return (oldMode ?? newMode) === "160000" && (newMode ?? oldMode) === "160000";
}

/** Modes and ids of the missing side are all zeros. */
function present(field: string): string | undefined {
  return /^0+$/.test(field) ? undefined : field;
}

function statusOf(letter: string): FileDiff["status"] {
  switch (letter[0]) {
    case "A":
    case "C":
      return "added";
    case "D":
      return "deleted";
    case "R":
      return "renamed";
    default:
      return "modified";
  }
}

/** Of files without lines their sizes are what can be said. */
async function addSizes(git: Git, gitDir: string, files: readonly FileDiff[]): Promise<void> {
  const binary = files.filter(({ binary }) => binary);
  const sizes = await sizesOf(git, gitDir, binary);
  for (const file of binary) {
    file.oldSize = sizes.get(file.oldBlob ?? "");
    file.newSize = sizes.get(file.newBlob ?? "");
    file.tooLarge = Math.max(file.oldSize ?? 0, file.newSize ?? 0) > BIG_FILE_BYTES;
  }
}

/** Bytes by blob id, of both sides. */
async function sizesOf(git: Git, gitDir: string, files: readonly FileDiff[]): Promise<Map<string, number>> {
  const ids = [...new Set(files.flatMap(({ oldBlob, newBlob }) => [oldBlob, newBlob]).filter((id) => id !== undefined))];
  if (ids.length === 0) return new Map();
  const checked = await git.text(["cat-file", "--batch-check=%(objectname) %(objectsize)"], { gitDir, stdin: `${ids.join("\n")}\n` });
  return new Map(checked.split("\n").map((line) => [line.slice(0, 40), Number(line.slice(41))]));
}

/** Bytes that came and went, which git compares with each other; 0 when only one of both happened. */
async function renameBytes(git: Git, gitDir: string, from: string, to: string): Promise<number> {
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--diff-filter=AD", from, to];
  const { stdout } = await git.run(args, { gitDir, ...comparing });
  const files = parseDiff(stdout.toString("latin1")).filter((file) => !isSubmodule(file));
  if (new Set(files.map(({ status }) => status)).size < 2) return 0;
  const sizes = await sizesOf(git, gitDir, files);
  return files.reduce((sum, { oldBlob, newBlob }) => sum + (sizes.get(oldBlob ?? newBlob ?? "") ?? 0), 0);
}

/** git's own rule for giving up on similar files (diffcore-rename.c), on what it left without a partner. */
function renamesComplete(files: readonly FileDiff[], limit: number): boolean {
  const count = (status: FileDiff["status"]): number => files.filter((file) => file.status === status).length;
  return count("added") * count("deleted") <= limit ** 2;
}

function totalsOf(files: readonly FileDiff[]): TreeTotals {
  return files.reduce((sum, { added, deleted }) => ({ files: sum.files + 1, added: sum.added + added, deleted: sum.deleted + deleted }), {
    files: 0,
    added: 0,
    deleted: 0,
  });
}

/** A patch that `git apply` takes. Rejects when it would be longer than 64 MB. */
export async function patchBetween(git: Git, gitDir: string, from: string, to: string): Promise<string> {
  const args = ["diff-tree", "-p", "-r", "-M", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", from, to];
  return (await git.run(args, { gitDir, maxBytes: PATCH_LIMIT })).stdout.toString("utf8");
}
