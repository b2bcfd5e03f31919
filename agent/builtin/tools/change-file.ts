import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { lineChanges } from "../line-changes";
import { runGit } from "../run-git";
import type { ToolContext, ToolResult } from "./tool";

/** The file's text, or undefined when there is none. */
export async function currentText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a file, shows the change to people, and states what it means against the run's base. */
export async function changeFile(file: string, before: string | undefined, after: string, context: ToolContext): Promise<ToolResult> {
  const { workspace, show, state, base } = context;
  const path = workspace.show(file);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, after);
  const change = await lineChanges(before ?? "", after);
  show("diff", change.hunks);
  const original = await runGit(workspace.root, ["cat-file", "blob", `${base}:${path}`]);
  const known = original.code === 0;
  const total = known ? await lineChanges(original.stdout, after) : await lineChanges("", after);
  state({ type: "file.changed", path, status: known ? "modified" : "added", added: total.added, deleted: total.deleted });
  const summary = change.deleted === 0 ? `+${change.added}` : `+${change.added} −${change.deleted}`;
  return { ok: true, content: `${before === undefined ? "Created" : "Changed"} ${path} (${summary}).`, summary };
}
