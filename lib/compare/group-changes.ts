/** One file that differs between the base and a variation, as `git diff-tree` tells of it. Ids are missing on the side without the file. */
export interface TreeChange {
  path: string;
  oldPath?: string;
  status: "added" | "modified" | "deleted" | "renamed";
  oldBlob?: string;
  newBlob?: string;
  oldMode?: string;
  newMode?: string;
}

/** A file's content that is still a blob id. `lines`: it may have lines and is worth reading, the rest is compared by its id. */
export interface BlobVersion {
  blob: string;
  mode: string | undefined;
  lines: boolean;
}

/** What a variation made of a file; `path` where it was renamed. */
export type ChangedVersion = { kind: "unknown" | "untouched" | "deleted" } | ({ kind: "blob"; path: string | undefined } & BlobVersion);

/** A file that at least one variation changed, under its name in the base. */
export interface ChangedFile {
  path: string;
  /** Null: only variations have it. */
  base: BlobVersion | null;
  /** One per variation, by index. */
  variations: ChangedVersion[];
}

/** Regular files; a link's or a submodule's blob is no text to be put together of lines. */
const FILE_MODES = new Set<string | undefined>(["100644", "100755", "100664", undefined]);

/**
 * The files of a run's changes as the map needs them: by their path in the base, so that a file that one variation renamed and another one edited
 * is one file. One list of changes per variation, undefined for one without a tree. Sorted by path.
 */
export function groupChanges(byVariation: readonly (readonly TreeChange[] | undefined)[]): ChangedFile[] {
  const byPath = new Map<string, ChangedFile>();
  byVariation.forEach((changes, variation) => {
    for (const change of changes ?? []) {
      const origin = change.status === "renamed" ? (change.oldPath ?? change.path) : change.path;
      const file = byPath.get(origin) ?? untouched(origin, byVariation);
      byPath.set(origin, file);
      if (change.status !== "added") file.base ??= blobVersion(change.oldBlob, change.oldMode);
      file.variations[variation] = versionOf(change, change.path === origin ? undefined : change.path);
    }
  });
  return [...byPath.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

function untouched(path: string, byVariation: readonly (readonly TreeChange[] | undefined)[]): ChangedFile {
  const variations = byVariation.map((changes): ChangedVersion => ({ kind: changes === undefined ? "unknown" : "untouched" }));
  return { path, base: null, variations };
}

function versionOf({ status, newBlob, newMode }: TreeChange, path: string | undefined): ChangedVersion {
  const version = status === "deleted" ? null : blobVersion(newBlob, newMode);
  return version === null ? { kind: "deleted" } : { kind: "blob", path, ...version };
}

function blobVersion(blob: string | undefined, mode: string | undefined): BlobVersion | null {
  return blob === undefined ? null : { blob, mode, lines: FILE_MODES.has(mode) };
}
