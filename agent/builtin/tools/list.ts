import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { runGit } from "../run-git";
import { defineTool } from "./tool";

const LIMIT = 1_000;

/** Files as git sees them: tracked and new, without what is ignored. */
export const listTool = defineTool({
  name: "list",
  kind: "read",
  description: `Lists files below a folder, one path per line, without ignored ones. At most ${LIMIT}; name a folder to see more of it.`,
  input: z.object({ path: z.string().optional().describe("Folder, relative to the workspace; the whole workspace by default.") }),
  title: ({ path }) => path ?? ".",
  async run({ path = "." }, { workspace }) {
    const folder = await workspace.resolve(path);
    const entries = await readdir(folder);
    const arguments_ = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
    const { code, stdout } = await runGit(folder, arguments_);
    const deleted = new Set((await runGit(folder, ["ls-files", "-z", "--deleted"])).stdout.split("\0"));
    const prefix = workspace.show(folder);
    const listed = code === 0 ? stdout.split("\0").filter((file) => file !== "" && !deleted.has(file)) : entries.sort();
    const files = listed.map((file) => (prefix === "." ? file : join(prefix, file)));
    const more = files.length > LIMIT ? `\n[${files.length - LIMIT} more files]` : "";
    return { ok: true, content: files.slice(0, LIMIT).join("\n") + more || "(no files)", summary: `${files.length} files` };
  },
});
