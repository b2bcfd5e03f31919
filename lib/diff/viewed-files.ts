import type { FileDiffRow } from "../protocol/trees";

/** Marks of the newest so many files are kept. */
export const MAX_VIEWED = 5_000;

/**
 * What a file's mark is bound to: its path and what stands on both sides, modes included. The same change in another run, or between other
 * sides, is as seen as this one; any other content is not.
 */
export function viewedKey(row: Pick<FileDiffRow, "path" | "old_blob" | "new_blob" | "old_mode" | "new_mode">): string {
  const side = (blob: string | null, mode: string | null): string => (blob === null ? "-" : `${blob.slice(0, 16)}${mode?.slice(-3) ?? ""}`);
  return `${side(row.old_blob, row.old_mode)}:${side(row.new_blob, row.new_mode)}:${row.path}`;
}

/** What was kept, oldest first; anything else than a list of texts counts as nothing. */
export function parseViewed(text: string | null): ReadonlySet<string> {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return new Set(Array.isArray(value) ? value.filter((one) => typeof one === "string") : []);
  } catch {
    return new Set();
  }
}

export function formatViewed(viewed: ReadonlySet<string>): string {
  return JSON.stringify([...viewed].slice(-MAX_VIEWED));
}

/** A new set; a mark that is set again becomes the newest. */
export function markViewed(viewed: ReadonlySet<string>, key: string, seen: boolean): ReadonlySet<string> {
  const next = new Set(viewed);
  next.delete(key);
  if (seen) next.add(key);
  return next;
}

/** How many of the files that a person is to read are viewed; generated ones are not counted. */
export function viewedProgress(rows: readonly FileDiffRow[], viewed: ReadonlySet<string>): { viewed: number; total: number } {
  const read = rows.filter(({ generated }) => generated === null);
  return { viewed: read.filter((row) => viewed.has(viewedKey(row))).length, total: read.length };
}
