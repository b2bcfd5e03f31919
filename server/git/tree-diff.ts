import type { Git } from "./git-command";
import type { BlobContent, FileDiff, TreeTotals } from "./git-store";

/** Text beyond this is cut: an editor has no use for more. */
const TEXT_LIMIT = 5 * 1024 * 1024;
/** Images beyond this are not shown. */
const BYTES_LIMIT = 20 * 1024 * 1024;
const PATCH_LIMIT = 64 * 1024 * 1024;
/** git's own rule: a NUL in the first 8,000 bytes makes a file binary. */
const SNIFF_BYTES = 8_000;

/** Tree to tree, renames found. Names need not be UTF-8: what is not is shown with replacement characters and reached by its blob. */
export async function diffTrees(git: Git, gitDir: string, from: string, to: string): Promise<FileDiff[]> {
  const args = ["diff-tree", "-r", "-z", "-M", "--no-ext-diff", "--no-textconv", "--no-abbrev", "--raw", "--numstat", from, to];
  const { stdout } = await git.run(args, { gitDir });
  return parseDiff(stdout.toString("utf8"));
}

/**
 * `diff-tree -z --raw --numstat`: first all raw records (`:mode mode id id status NUL path NUL [path NUL]`), then all counts
 * (`added TAB deleted TAB path NUL`, for renames `added TAB deleted TAB NUL old NUL new NUL`), in the same order.
 */
export function parseDiff(output: string): FileDiff[] {
  const fields = output.split("\0");
  const files: FileDiff[] = [];
  let at = 0;
  for (; fields[at]?.startsWith(":") === true; ) {
    const [oldMode = "", newMode = "", oldBlob = "", newBlob = "", letter = ""] = (fields[at] ?? "").slice(1).split(" ");
    const renamed = letter.startsWith("R") || letter.startsWith("C");
    const first = fields[at + 1] ?? "";
    const path = renamed ? (fields[at + 2] ?? "") : first;
    at += renamed ? 3 : 2;
    files.push({
      path,
      oldPath: renamed ? first : undefined,
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
  for (const file of files) {
    const [added = "", deleted = "", path = ""] = (fields[at] ?? "").split("\t");
    at += path === "" ? 3 : 1;
    file.binary = added === "-";
    file.added = file.binary ? 0 : Number(added);
    file.deleted = file.binary ? 0 : Number(deleted);
  }
  return files;
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

export function totalsOf(files: readonly FileDiff[]): TreeTotals {
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

/** Every file of a tree; submodules have no blob and are left out. */
export async function listTree(
  git: Git,
  gitDir: string,
  commit: string,
): Promise<{ path: string; blob: string; size: number; mode: string }[]> {
  const { stdout } = await git.run(["ls-tree", "-r", "-z", "-l", "--full-tree", commit], { gitDir });
  return stdout
    .toString("utf8")
    .split("\0")
    .flatMap((record) => {
      const [, mode, type, blob, size, path] = /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t([\s\S]*)$/.exec(record) ?? [];
      if (mode === undefined || type !== "blob" || blob === undefined || path === undefined) return [];
      return [{ path, blob, size: Number(size), mode }];
    });
}

/** A blob as an editor or an image viewer wants it; undefined when there is no such blob. */
export async function readBlobContent(git: Git, gitDir: string, blob: string): Promise<BlobContent | undefined> {
  const checked = await git.run(["cat-file", "--batch-check=%(objecttype) %(objectsize)"], { gitDir, stdin: `${blob}\n` });
  const [type, length] = checked.stdout.toString("utf8").trim().split(" ");
  if (type !== "blob") return undefined;
  const size = Number(length);
  if (size > BYTES_LIMIT) return { size, binary: true, truncated: true };
  const { stdout } = await git.run(["cat-file", "blob", blob], { gitDir });
  const binary = stdout.subarray(0, SNIFF_BYTES).includes(0);
  if (binary) return { size, binary, bytes: stdout, truncated: false };
  return { size, binary, text: stdout.subarray(0, TEXT_LIMIT).toString("utf8"), truncated: size > TEXT_LIMIT };
}
