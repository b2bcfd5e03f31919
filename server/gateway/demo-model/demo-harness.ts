import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { type MessagesRequest, messagesRequestSchema } from "../messages-request";
import { demoTurn } from "./demo-model";
import type { DemoToolCall } from "./demo-turn";

const run = promisify(execFile);
export const ALL_TOOLS = ["list", "search", "read", "write", "edit", "command", "plan", "finish"];

/** The agent's tools, as small as they can be; throws where the real ones fail. */
async function perform(tree: string, { name, input }: DemoToolCall): Promise<string> {
  const path = (): string => join(tree, String(input.path));
  if (name === "list") return (await filesIn(tree)).join("\n") || "(no files)";
  if (name === "search") {
    const flags = ["-rnIE", ...(input.ignore_case === true ? ["-i"] : []), "-e", String(input.pattern), "."];
    // Exit code 1 says that there are no hits.
    const { stdout } = await run("grep", flags, { cwd: tree }).catch((error: { stdout: string }) => error);
    return stdout.replace(/^\.\//gm, "");
  }
  if (name === "read") {
    const lines = (await readFile(path(), "utf8")).split("\n");
    if (lines.at(-1) === "") lines.pop();
    if (lines.length === 0) return "(empty file)";
    const shown = lines.slice(0, 2000).map((line, index) => `${index + 1}\t${line}`);
    return [...shown, ...(lines.length > 2000 ? [`[... ${lines.length - 2000} more lines]`] : [])].join("\n");
  }
  if (name === "write") {
    await mkdir(dirname(path()), { recursive: true });
    await writeFile(path(), String(input.content));
    return "written";
  }
  if (name === "edit") {
    const text = await readFile(path(), "utf8");
    if (text.split(String(input.old)).length !== 2) throw new Error("The old text is not there exactly once.");
    await writeFile(path(), text.split(String(input.old)).join(String(input.new)));
    return "edited";
  }
  if (name === "command") return (await run("sh", ["-c", String(input.command)], { cwd: tree, env: testEnv() })).stdout;
  return "ok";
}

/** Without what a test runner tells its children: Node's own runner would take itself for one of them. */
export function testEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "test" };
}

export async function filesIn(tree: string): Promise<string[]> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.length + 1))
    .sort();
}

export interface Played {
  turns: number;
  text: string;
  calls: { name: string; input: Record<string, unknown>; ok: boolean; result: string }[];
}

/** Plays a whole run in `tree` the way an agent does; `broken` tools always fail. */
export async function play(
  tree: string,
  prompt: string,
  variation: number,
  offered = ALL_TOOLS,
  broken: readonly string[] = [],
): Promise<Played> {
  const messages: unknown[] = [{ role: "user", content: prompt }];
  const played: Played = { turns: 0, text: "", calls: [] };
  for (;;) {
    const request: MessagesRequest = messagesRequestSchema.parse({ model: "demo", messages, tools: offered.map((name) => ({ name })) });
    const turn = demoTurn(request, variation);
    expect(demoTurn(request, variation)).toEqual(turn);
    played.turns += 1;
    played.text += `${turn.text}\n`;
    expect(played.turns).toBeLessThanOrEqual(30);
    const results: unknown[] = [];
    const uses = turn.tools.map((call, index) => ({ type: "tool_use", id: `t${played.turns}-${index}`, ...call }));
    for (const { id, name, input } of uses) {
      expect(offered).toContain(name);
      const outcome = await (broken.includes(name) ? Promise.reject(new Error("broken")) : perform(tree, { name, input })).then(
        (result) => ({ ok: true, result }),
        (error: unknown) => ({ ok: false, result: String(error) }),
      );
      played.calls.push({ name, input, ...outcome });
      results.push({ type: "tool_result", tool_use_id: id, is_error: !outcome.ok, content: [{ type: "text", text: outcome.result }] });
    }
    if (uses.length === 0 || uses.some(({ name }) => name === "finish")) return played;
    messages.push({ role: "assistant", content: [{ type: "text", text: turn.text }, ...uses] }, { role: "user", content: results });
  }
}
