import { lstat, mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AttemptFiles } from "./attempt-files";

/**
 * Moves what `FIND_DEPENDENCIES_SCRIPT` named out of a sandbox's folders: `tree/…`, `home/…` and the list `kept`. What the sandbox said is not
 * trusted: a name must be a plain path, and every folder on the way a real one. Nothing may run there any more. Resolves to the paths in the
 * tree.
 */
export async function takeDependencies(found: string, files: Pick<AttemptFiles, "tree" | "home">, folder: string): Promise<string[]> {
  const kept: string[] = [];
  for (const entry of found.split("\0").filter((one) => one !== "")) {
    const [, kind = "", path = ""] = /^(tree|home):([\s\S]+)$/.exec(entry) ?? [];
    const root = kind === "tree" ? files.tree : files.home;
    if (!isPlain(path) || !(await isReachedByFolders(root, path))) continue;
    const target = join(folder, kind, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await rename(join(root, path), target);
    kept.push(entry);
  }
  await writeFile(join(folder, "kept"), kept.map((entry) => `${entry}\0`).join(""));
  return kept.filter((entry) => entry.startsWith("tree:")).map((entry) => entry.slice("tree:".length));
}

export function isPlain(path: string): boolean {
  return path !== "" && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** Whether every part above the last is a real folder, and the last one there and no link. `path`: plain. */
export async function isReachedByFolders(root: string, path: string): Promise<boolean> {
  let at = root;
  for (const part of dirname(path) === "." ? [] : dirname(path).split("/")) {
    at = join(at, part);
    const stats = await lstat(at).catch(() => undefined);
    if (stats === undefined || !stats.isDirectory()) return false;
  }
  const last = await lstat(join(root, path)).catch(() => undefined);
  return last !== undefined && !last.isSymbolicLink();
}
