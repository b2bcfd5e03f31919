/** How far a variation's version of a file is shared: by everybody, by some, by nobody; `none`: it left the file alone. */
export type FileMark = "none" | "all" | "some" | "only";
/** The same of the file as a whole; `differ`: several changed it, and not all of them made the same of it. */
export const agreements = ["all", "some", "only", "differ"] as const;
export type Agreement = (typeof agreements)[number];

export interface MarkedFile {
  path: string;
  /** One per variation, by index. */
  marks: FileMark[];
  agreement: Agreement;
}

/** What one variation did to one file; `newBlob` null means deleted. */
export interface TouchedFile {
  path: string;
  newBlob: string | null;
  newMode: string | null;
}

/**
 * Who changed which file, and who made the same of it: by the ids of contents (and modes), so lines are not looked at. Sorted by path, files of a
 * folder before its folders. `undefined` stands for a variation without a tree yet.
 */
export function markFiles(variations: readonly (readonly TouchedFile[] | undefined)[]): MarkedFile[] {
  const byPath = new Map<string, (string | undefined)[]>();
  variations.forEach((files, variation) => {
    for (const { path, newBlob, newMode } of files ?? []) {
      const made = byPath.get(path) ?? Array.from({ length: variations.length }, () => undefined);
      made[variation] = newBlob === null ? "deleted" : `${newMode} ${newBlob}`;
      byPath.set(path, made);
    }
  });
  const known = variations.filter((files) => files !== undefined).length;
  return [...byPath]
    .map(([path, made]) => ({ path, marks: made.map((one) => markOf(one, made, known)), agreement: agreementOf(made, known) }))
    .sort((one, other) => comparePaths(one.path, other.path));
}

function markOf(one: string | undefined, made: readonly (string | undefined)[], known: number): FileMark {
  if (one === undefined) return "none";
  const same = made.filter((other) => other === one).length;
  if (same === 1) return "only";
  return same === known ? "all" : "some";
}

function agreementOf(made: readonly (string | undefined)[], known: number): Agreement {
  const touched = made.filter((one) => one !== undefined);
  if (touched.length === 1) return "only";
  if (new Set(touched).size > 1) return "differ";
  return touched.length === known ? "all" : "some";
}

/** Folder by folder: files of a folder before those of the folders in it would split it, so plain segments decide. */
export function comparePaths(one: string, other: string): number {
  const [a, b] = [one.split("/"), other.split("/")];
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const [left = "", right = ""] = [a[at], b[at]];
    if (left === right) continue;
    const [leftIsFile, rightIsFile] = [at === a.length - 1, at === b.length - 1];
    if (leftIsFile !== rightIsFile) return leftIsFile ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
