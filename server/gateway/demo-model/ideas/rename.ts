import { applyEdit, type Edit, replaceLines, type TextFile } from "../source/source-file";
import { escape } from "./dereferenced";
import type { Idea } from "./idea";

const MOST_PLACES = 60;

/** The same word, everywhere, in the files that were read. Undefined where it is not there, or the new one is there already. */
export function proposeRename(files: readonly TextFile[], { from, to }: { from: string; to: string }): Idea | undefined {
  const isName = /^[A-Za-z_$][\w$]*$/.test(from);
  if (isName && !/^[A-Za-z_$][\w$]*$/.test(to)) return undefined;
  const pattern = new RegExp(isName ? `(?<![\\w$])${escape(from)}(?![\\w$])` : escape(from), "g");
  const taken = new RegExp(`(?<![\\w$])${escape(to)}(?![\\w$])`);
  if (isName && files.some(({ text }) => taken.test(text))) return undefined;
  const edits: Edit[] = [];
  const touched: string[] = [];
  for (const { path, text } of files) {
    let current = text;
    for (const [index, line] of text.split("\n").entries()) {
      const renamed = line.replace(pattern, () => to);
      if (renamed === line) continue;
      const edit = replaceLines({ path, text: current }, index, 1, [renamed]);
      const after = edit === undefined ? undefined : applyEdit(current, edit);
      if (edit === undefined || after === undefined) return undefined;
      edits.push(edit);
      current = after;
    }
    if (current !== text) touched.push(path);
  }
  const [first] = touched;
  if (first === undefined || edits.length > MOST_PLACES) return undefined;
  const where = touched.length === 1 ? `\`${first}\`` : `${touched.length} files`;
  return {
    kind: "rename",
    key: "rename",
    path: first,
    edits,
    files: [],
    plan: `write \`${to}\` instead of \`${from}\` in ${where}`,
    why: "You asked for it.",
  };
}
