import { patchFiles } from "./patch-hunks";

/** Lines that a diff adds to one file. */
export interface AddedFile {
  /** As it is called afterwards. */
  path: string;
  /** Number in the new file, from 1, and the line without its end. */
  lines: { number: number; text: string }[];
}

/** The added lines of every text file of a diff as `git diff` prints it; files without any are left out. */
export function addedLines(patch: string): AddedFile[] {
  return patchFiles(patch)
    .filter(({ deleted }) => !deleted)
    .map(({ path, hunks }) => ({
      path,
      lines: hunks.flat().flatMap(({ kind, new: number = 0, text }) => (kind === "added" ? [{ number, text }] : [])),
    }))
    .filter(({ lines }) => lines.length > 0);
}
