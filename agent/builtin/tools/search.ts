import { z } from "zod";
import { runGit } from "../run-git";
import { runProgram } from "../run-program";
import { defineTool, type ToolResult } from "./tool";

const LIMIT = 200;
const LINE_LIMIT = 400;
const MAX_BYTES = 8 * 1024 * 1024;

/** Content search with ripgrep, or git's where that is not there: quick in large trees, and ignored or binary files stay out. */
export const searchTool = defineTool({
  name: "search",
  kind: "search",
  description: `Searches file contents with a regular expression. Answers lines \`path:line:text\`, ${LIMIT} at most.`,
  input: z.object({
    pattern: z.string().min(1).describe("Regular expression."),
    path: z.string().optional().describe("Folder or file to search in."),
    glob: z.string().min(1).optional().describe("Only files of this name, such as `*.ts`."),
    ignore_case: z.boolean().optional(),
    context: z.int().min(0).max(10).optional().describe("Lines shown around each hit, as `path-line-text`."),
  }),
  title: ({ pattern, path }) => (path === undefined ? pattern : `${pattern} in ${path}`),
  async run({ pattern, path = ".", glob, ignore_case: ignoreCase = false, context = 0 }, { workspace }) {
    const where = workspace.show(await workspace.resolve(path));
    const query: Query = { root: workspace.root, pattern, where, glob, ignoreCase, context };
    const { code, stdout, stderr } = (await ripgrep(query)) ?? (await gitGrep(query));
    // Both say 1 for "nothing found" and more for "wrong".
    if (code > 1 && stdout === "")
      return { ok: false, content: `search failed: ${stderr.trim().slice(0, 2_000)}`, summary: "wrong pattern" };
    return answer(stdout, context);
  },
});

interface Query {
  root: string;
  pattern: string;
  where: string;
  glob: string | undefined;
  ignoreCase: boolean;
  context: number;
}

interface Found {
  code: number;
  stdout: string;
  stderr: string;
}

/** Undefined where it is not installed. */
async function ripgrep({ root, pattern, where, glob, ignoreCase, context }: Query): Promise<Found | undefined> {
  const flags = ["--no-config", "--line-number", "--with-filename", "--no-heading", "--color=never", "--sort=path"];
  // What is ignored is left out, but dot files are part of a repository.
  flags.push("--hidden", "--glob=!.git", `--max-columns=${LINE_LIMIT}`, "--max-columns-preview", `--max-count=${LIMIT}`);
  if (glob !== undefined) flags.push(`--glob=${glob}`);
  if (ignoreCase) flags.push("--ignore-case");
  if (context > 0) flags.push(`--context=${context}`);
  const found = await runProgram("rg", [...flags, "--regexp", pattern, "--", where], { cwd: root, maxBytes: MAX_BYTES });
  return found.missing ? undefined : { ...found, stdout: found.stdout.replace(/^\.\//gm, "") };
}

/** Perl's expressions where git has them, since that is what models write; else POSIX extended ones. */
async function gitGrep({ root, pattern, where, glob, ignoreCase, context }: Query): Promise<Found> {
  const flags = ["-n", "-I", "--no-color", "--untracked", ...(ignoreCase ? ["-i"] : []), ...(context > 0 ? [`-C${context}`] : [])];
  const paths = glob === undefined ? [where] : [`:(glob)${where === "." ? "" : `${where}/`}**/${glob}`];
  const search = (kind: "-P" | "-E"): Promise<Found> => runGit(root, ["grep", kind, ...flags, "-e", pattern, "--", ...paths], MAX_BYTES);
  const found = await search("-P");
  return /without.*(PCRE|USE_LIBPCRE)|no support for Perl/i.test(found.stderr) ? search("-E") : found;
}

function answer(stdout: string, context: number): ToolResult {
  const lines = stdout.split("\n").filter((line) => line !== "" && (context > 0 || line !== "--"));
  const hits = context > 0 ? lines.filter((line) => /^.*?:\d+:/.test(line)).length : lines.length;
  const limit = LIMIT * (1 + context);
  const shown = lines.slice(0, limit).map((line) => (line.length > LINE_LIMIT ? `${line.slice(0, LINE_LIMIT)}…` : line));
  const more = lines.length > limit ? `\n[${lines.length - limit} more lines: search for less]` : "";
  const summary = hits === 1 ? "1 hit" : `${hits} hits`;
  return { ok: true, content: hits === 0 ? "(no hits)" : shown.join("\n") + more, summary };
}
