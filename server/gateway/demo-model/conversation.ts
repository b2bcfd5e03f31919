import { z } from "zod";
import type { MessagesRequest } from "../messages-request";

export interface ToolResult {
  tool: string;
  ok: boolean;
  text: string;
}

const toolUseSchema = z.object({ type: z.literal("tool_use"), id: z.string(), name: z.string() });
const textSchema = z.object({ type: z.literal("text"), text: z.string() });
const toolResultSchema = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  is_error: z.boolean().nullish(),
  content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).optional(),
});

/** What the tools said to each of the model's turns so far, one list per turn. */
export function toolResults({ messages }: MessagesRequest): ToolResult[][] {
  const answers = new Map<string, z.infer<typeof toolResultSchema>>();
  for (const block of messages.flatMap(({ content }) => content)) {
    const parsed = toolResultSchema.safeParse(block);
    if (parsed.success) answers.set(parsed.data.tool_use_id, parsed.data);
  }
  return messages
    .filter(({ role }) => role === "assistant")
    .map(({ content }) =>
      content.flatMap((block) => {
        const use = toolUseSchema.safeParse(block);
        if (!use.success) return [];
        const answer = answers.get(use.data.id);
        return [{ tool: use.data.name, ok: answer !== undefined && answer.is_error !== true, text: plainText(answer?.content) }];
      }),
    );
}

/** What the person asked for: the first message's own words. */
export function promptOf({ messages }: MessagesRequest): string {
  const first = messages.find(({ role }) => role === "user")?.content ?? [];
  return first
    .flatMap((block) => {
      const parsed = textSchema.safeParse(block);
      return parsed.success ? [parsed.data.text] : [];
    })
    .join("\n")
    .trim();
}

/** The paths in a `list` result: one per line, without folders and remarks. */
export function listedPaths(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/\r$/, "").replace(/^\.\//, ""))
    .filter((line) => line !== "" && !line.endsWith("/") && line !== "(no files)" && !/^\[.*\bmore\b.*\]$/.test(line));
}

/** The file's own lines in a `read` result, whose lines are `<number>\t<text>`; remarks of the tool have no number. */
export function readLines(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const [, own] = /^\s*\d+\t(.*)$/s.exec(line) ?? [];
    return own === undefined ? [] : [own.replace(/\r$/, "")];
  });
}

/** The file's whole text in a `read` result, line ends included; undefined where it was cut, is empty, or could not be shown as it is. */
export function readText(text: string): string | undefined {
  const lines = text.split("\n");
  const own = lines.map((line, index) => (line.startsWith(`${index + 1}\t`) ? line.slice(String(index + 1).length + 1) : undefined));
  // Whether the last line has an end is not shown: edits keep away from it.
  return own.every((line) => line !== undefined) ? own.join("\n") : undefined;
}

function plainText(content: z.infer<typeof toolResultSchema>["content"]): string {
  if (content === undefined || typeof content === "string") return content ?? "";
  return content.map(({ text }) => text ?? "").join("\n");
}
