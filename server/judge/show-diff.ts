import { createGeneratedFiles } from "@/lib/diff/generated-files";
import { type PatchFile, type PatchLine, patchFiles } from "@/lib/diff/patch-hunks";
import type { FileDiff } from "../git/git-store";

/** A candidate's diff as a judge sees it. */
export interface ShownDiff {
  text: string;
  /** What can be cited: those that are shown. */
  files: readonly PatchFile[];
  /** Paths of those that are not, because they are too long. */
  leftOut: readonly string[];
}

/** Of one line; minified files have longer ones. */
const MAX_LINE = 400;
/** Files that are longer are named, not shown: one of them would take the room of all others. */
const MAX_FILE = 60_000;
const MAX_NAMED = 50;

/**
 * Writes a diff for a model, at most about `limit` characters long: files that nobody wrote by hand go last, what does not fit is left out file by
 * file, and a sentence says so. Every line of a file's content begins with a gutter (`  12 + |`), so that nothing in it can look like anything else.
 */
export function showDiff(patch: string, changed: readonly FileDiff[], limit: number): ShownDiff {
  const generated = createGeneratedFiles([]);
  const byPath = new Map(patchFiles(patch).map((file) => [file.path, file]));
  const ordered = [...changed].sort((one, other) => Number(generated(one.path) !== null) - Number(generated(other.path) !== null));
  const parts: string[] = [];
  const files: PatchFile[] = [];
  const leftOut: string[] = [];
  let room = limit;
  for (const change of ordered) {
    const file = byPath.get(change.path);
    const text = `${headOf(change, file)}${(file?.hunks ?? []).map(hunkText).join("")}`;
    if (text.length > Math.min(room, MAX_FILE)) {
      leftOut.push(change.path);
      continue;
    }
    room -= text.length;
    parts.push(text);
    if (file !== undefined) files.push(file);
  }
  if (leftOut.length > 0) parts.push(leftOutText(changed, leftOut));
  return { text: parts.join("\n"), files, leftOut };
}

function headOf({ path, oldPath, status, binary, added, deleted }: FileDiff, file: PatchFile | undefined): string {
  const from = oldPath === undefined || oldPath === path ? "" : ` from ${JSON.stringify(oldPath)}`;
  const what = binary ? "binary" : file === undefined ? "no text changed" : `+${added} -${deleted}`;
  return `file ${JSON.stringify(path)} ${status}${from}, ${what}\n`;
}

function hunkText(lines: readonly PatchLine[]): string {
  return `      @@\n${lines.map(lineText).join("")}`;
}

function lineText(line: PatchLine): string {
  const mark = { added: "+", deleted: "-", kept: " " }[line.kind];
  const text = line.text.length > MAX_LINE ? `${line.text.slice(0, MAX_LINE)} [cut]` : line.text;
  // Other ends of lines than git's: they must not begin a line of their own.
  const plain = text.replace(/[\r\u0085\u2028\u2029\v\f]/g, " ");
  return `${String(line.new ?? line.old).padStart(6)} ${mark} | ${plain}\n`;
}

function leftOutText(changed: readonly FileDiff[], leftOut: readonly string[]): string {
  const lines = changed.filter(({ path }) => leftOut.includes(path)).reduce((sum, { added, deleted }) => sum + added + deleted, 0);
  const named = leftOut.slice(0, MAX_NAMED).map((path) => JSON.stringify(path));
  const more = leftOut.length > MAX_NAMED ? ` and ${leftOut.length - MAX_NAMED} more` : "";
  return `Left out for their length: ${named.join(", ")}${more} (${lines} changed lines). Say nothing of what is in them.\n`;
}
