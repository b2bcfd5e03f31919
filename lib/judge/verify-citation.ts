import type { PatchFile } from "../diff/patch-hunks";

/** Where a claim says that its reason is. */
export interface Citation {
  file: string;
  line: number;
  endLine?: number;
}

/**
 * Why a citation does not hold: undefined when its lines, all of them, are in one hunk of the diff that was shown. Lines count in the new file, in the
 * old one where it was deleted.
 */
export function citationProblem(
  { file, line, endLine = line }: Citation,
  shown: readonly PatchFile[],
  leftOut: readonly string[],
): string | undefined {
  if (leftOut.includes(file)) return "the judge was not shown this file";
  const found = shown.find(({ path }) => path === file);
  if (found === undefined) return "this diff has no such file";
  if (endLine < line) return "its lines are the wrong way round";
  const inside = found.hunks.some((hunk) => {
    const numbers = hunk.flatMap((one) => (found.deleted ? one.old : one.new) ?? []);
    const [first, last] = [numbers[0], numbers.at(-1)];
    return first !== undefined && last !== undefined && line >= first && endLine <= last;
  });
  if (inside) return undefined;
  return line === endLine ? "this line is not in the diff" : "these lines are not in the diff";
}
