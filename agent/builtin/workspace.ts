import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** A path that a tool may not touch; the message goes to the model. */
export class PathRefused extends Error {}

/** The agent's tree. */
export interface Workspace {
  root: string;
  /** A path as the model wrote it → absolute, inside the tree even through symbolic links, outside `.git`. Rejects with `PathRefused`. */
  resolve(path: string): Promise<string>;
  /** Absolute → as people read it. */
  show(path: string): string;
}

/** `root` is absolute. */
export async function openWorkspace(root: string): Promise<Workspace> {
  const real = await realpath(root);
  const inside = (path: string): boolean => path === real || path.startsWith(real + sep);
  return {
    root: real,
    async resolve(path) {
      if (path.includes("\0")) throw new PathRefused("A path cannot contain a NUL byte.");
      const absolute = isAbsolute(path) && !path.startsWith(root) ? path : resolve(real, isAbsolute(path) ? relative(root, path) : path);
      if (!inside(absolute)) throw new PathRefused(`${path} is outside the workspace.`);
      if (!inside(await nearestReal(absolute))) throw new PathRefused(`${path} leads outside the workspace.`);
      if (relative(real, absolute).split(sep)[0]?.toLowerCase() === ".git")
        throw new PathRefused("The .git folder is not for tools: use git commands.");
      return absolute;
    },
    show: (path) => relative(real, path) || ".",
  };
}

/** The real path of what exists of this path, followed by the rest. */
async function nearestReal(path: string): Promise<string> {
  let existing = path;
  for (;;) {
    try {
      return join(await realpath(existing), relative(existing, path));
    } catch {
      if (dirname(existing) === existing) return path;
      existing = dirname(existing);
    }
  }
}
