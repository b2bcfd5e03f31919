/** What a file holds. `binary` is compared by its id alone; so is whatever else has no lines (a symbolic link, a file too large to read). */
export type FileContent = { kind: "text"; text: string } | { kind: "binary"; id: string };

/** A file of the base. `mode` as git writes it: `100644`. */
export type BaseVersion = FileContent & { mode?: string };

/**
 * What one variation made of a file. `unknown` stands for a variation without a tree yet: it neither agrees nor leaves the file alone.
 * `path` is given where the file was renamed, `mode` where it differs from the base's.
 */
export type FileVersion =
  | { kind: "unknown" }
  | { kind: "untouched" }
  | { kind: "deleted" }
  | (FileContent & { path?: string; mode?: string });

/** One file of the base with what became of it, or one file that only variations have: its `base` is null. */
export interface FileVersions {
  /** In the base; of a new file, where it was added. */
  path: string;
  base: BaseVersion | null;
  /** One per variation, by index. */
  variations: readonly FileVersion[];
}
