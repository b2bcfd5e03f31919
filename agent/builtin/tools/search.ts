import { z } from "zod";
import { runGit } from "../run-git";
import { defineTool } from "./tool";

const LIMIT = 200;
const LINE_LIMIT = 400;

/** Content search with git grep: quick in large trees, and ignored or binary files stay out. */
export const searchTool = defineTool({
  name: "search",
  kind: "search",
  description: `Searches file contents with an extended regular expression. Answers lines \`path:line:text\`, ${LIMIT} at most.`,
  input: z.object({
    pattern: z.string().min(1).describe("POSIX extended regular expression."),
    path: z.string().optional().describe("Folder or file to search in."),
    ignore_case: z.boolean().optional(),
  }),
  title: ({ pattern, path }) => (path === undefined ? pattern : `${pattern} in ${path}`),
  async run({ pattern, path = ".", ignore_case: ignoreCase = false }, { workspace }) {
    const where = workspace.show(await workspace.resolve(path));
    const flags = ["grep", "-n", "-I", "-E", "--no-color", "--untracked", ...(ignoreCase ? ["-i"] : [])];
    const { code, stdout, stderr } = await runGit(workspace.root, [...flags, "-e", pattern, "--", where]);
    if (code > 1) return { ok: false, content: `search failed: ${stderr.trim()}`, summary: "wrong pattern" };
    const hits = stdout.split("\n").filter((line) => line !== "");
    const shown = hits.slice(0, LIMIT).map((line) => (line.length > LINE_LIMIT ? `${line.slice(0, LINE_LIMIT)}…` : line));
    const more = hits.length > LIMIT ? `\n[${hits.length - LIMIT} more hits: search for less]` : "";
    return {
      ok: true,
      content: hits.length === 0 ? "(no hits)" : shown.join("\n") + more,
      summary: hits.length === 1 ? "1 hit" : `${hits.length} hits`,
    };
  },
});
