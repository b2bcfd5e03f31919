import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGit } from "./run-git";

export interface LineChanges {
  /** Hunks of a unified diff, without file headers. */
  hunks: string;
  added: number;
  deleted: number;
}

/** What changed between two texts, as git sees it. */
export async function lineChanges(before: string, after: string): Promise<LineChanges> {
  const folder = await mkdtemp(join(tmpdir(), "change-"));
  try {
    await writeFile(join(folder, "before"), before);
    await writeFile(join(folder, "after"), after);
    const { stdout } = await runGit(folder, [
      "diff",
      "--no-index",
      "--no-color",
      "--no-ext-diff",
      "--unified=2",
      "--text",
      "before",
      "after",
    ]);
    const start = stdout.search(/^@@ /m);
    const hunks = start === -1 ? "" : stdout.slice(start);
    const lines = hunks.split("\n");
    return {
      hunks,
      added: lines.filter((line) => line.startsWith("+")).length,
      deleted: lines.filter((line) => line.startsWith("-")).length,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
