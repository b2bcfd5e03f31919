import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Git } from "../git-command";

/**
 * One mail as `git am` takes it: author, date, message with trailers, and the whole difference to the parent, binary files included.
 * Streamed; the reader's pace is git's.
 */
export function mailOf(git: Git, gitDir: string, commit: string): Readable {
  const args = ["format-patch", "-1", "--stdout", "--binary", "--full-index", "--find-renames", "--no-signature", "--no-ext-diff"];
  return git.output([...args, "--no-textconv", "--no-attach", "--encode-email-headers", commit], { gitDir });
}

/** Without these an attribute of the tree could leave files out or change them: what is downloaded is the tree, byte by byte. */
const RAW = "* -export-ignore -export-subst -filter -text -eol -ident -working-tree-encoding\n";

/** Every file of a commit's tree below `prefix`; submodules are empty folders. */
export async function archiveOf(git: Git, gitDir: string, commit: string, format: "zip" | "tar", prefix: string): Promise<Readable> {
  await mkdir(join(gitDir, "info"), { recursive: true });
  await writeFile(join(gitDir, "info/attributes"), RAW);
  return git.output(["archive", `--format=${format}`, `--prefix=${prefix}/`, commit], { gitDir });
}
