/** How a variation's change to a file relates to the others': the shape of its mark. */
export type FileMark = "none" | "all" | "some" | "only" | "conflict";

export interface MarkedFile {
  path: string;
  /** One per variation, by index. */
  marks: FileMark[];
}

/** What one variation did to one file; `newBlob` null means deleted. */
export interface TouchedFile {
  path: string;
  newBlob: string | null;
}

/**
 * Who changed which file, and how far they agree: `only` one did, `all` made the same of it, `some` did so while others left it, `conflict` when
 * at least two made something different of it. Files by blob id; sorted by path. `undefined` stands for a variation without a tree yet.
 */
export function markFiles(variations: readonly (readonly TouchedFile[] | undefined)[]): MarkedFile[] {
  const byPath = new Map<string, (string | null | undefined)[]>();
  variations.forEach((files, variation) => {
    for (const { path, newBlob } of files ?? []) {
      const blobs = byPath.get(path) ?? Array.from({ length: variations.length }, () => undefined);
      blobs[variation] = newBlob;
      byPath.set(path, blobs);
    }
  });
  const known = variations.filter((files) => files !== undefined).length;
  return [...byPath]
    .map(([path, blobs]) => {
      const mark = agreement(blobs, known);
      return { path, marks: blobs.map((blob): FileMark => (blob === undefined ? "none" : mark)) };
    })
    .sort((one, other) => comparePaths(one.path, other.path));
}

function agreement(blobs: readonly (string | null | undefined)[], known: number): FileMark {
  const touched = blobs.filter((blob) => blob !== undefined);
  if (touched.length === 1) return "only";
  if (new Set(touched).size > 1) return "conflict";
  return touched.length === known ? "all" : "some";
}

/** Folder by folder: files of a folder before those of the folders in it would split it, so plain segments decide. */
function comparePaths(one: string, other: string): number {
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
