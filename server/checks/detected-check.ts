export type CheckKind = "test" | "lint" | "types" | "build" | "coverage";

/** A command by which a project says whether it is well. */
export interface DetectedCheck {
  /** Unique and stable in a project: `npm:test`. */
  id: string;
  kind: CheckKind;
  /** For a shell, at the root of the tree. */
  command: string;
  /** The file that says so. */
  from: string;
}

/** A tree to look at. Only files at its root are asked for. */
export interface ProjectTree {
  has(path: string): boolean;
  /** The text of a file; undefined where there is none. */
  read(path: string): string | undefined;
  /** Whether any path of the tree is like this. */
  some(pattern: RegExp): boolean;
}

/** Files that decide are small; agents may have made them large. Characters. */
export const MAX_READ = 1024 * 1024;
