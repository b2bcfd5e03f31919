import type { AgentEnd, AgentLine } from "@/lib/protocol/agent-lines";
import type { AgentTask } from "@/lib/protocol/agent-task";
import type { JsonObject } from "./json";
import type { ProviderCall } from "./messages-api";
import type { Reply, ReplyBlock } from "./reply";

/** One whole task of the built-in agent against somebody else's provider. */
export interface Scenario {
  name: string;
  /** `claude-sonnet-5-5` by default. */
  model?: string;
  /** The tree at its base: text, or bytes. */
  files?: Record<string, string | Buffer>;
  /** Pictures beside the task. */
  images?: { name: string; bytes: Buffer; mediaType: "image/png" | "image/jpeg" }[];
  task?: Partial<AgentTask>;
  /** The provider's rule for long prompts; see `ProviderOptions`. */
  weight?: number;
  replies: readonly (Reply | ((call: ProviderCall) => Reply))[];
  /** Statuses that the provider is meant to answer with; any other error fails the scenario. */
  refusals?: number[];
  check(outcome: Outcome): void | Promise<void>;
}

/** What a scenario left behind. */
export interface Outcome {
  lines: AgentLine[];
  end: AgentEnd | undefined;
  calls: readonly ProviderCall[];
  exitCode: number | null;
  seconds: number;
  /** A file of the tree as it stands. */
  read(path: string): string;
  exists(path: string): boolean;
  /** Text that people are left with, without what was taken back. */
  text: string;
}

export const tool = (name: string, input: JsonObject, id?: string): ReplyBlock => ({
  tool: name,
  input,
  ...(id === undefined ? {} : { id }),
});
export const uses = (...blocks: ReplyBlock[]): Reply => ({ blocks });
export const finish = (summary = "All done."): Reply => ({ blocks: [{ tool: "finish", input: { summary } }] });

/** The results that a request ends with, in order. */
export function resultsOf(call: ProviderCall | undefined): { id: string; content: string; isError: boolean }[] {
  const content = call?.request?.messages.at(-1)?.content ?? [];
  return content
    .filter(({ type }) => type === "tool_result")
    .map((block) => ({ id: String(block.tool_use_id), content: String(block.content), isError: block.is_error === true }));
}

/** The text blocks of a request's last message. */
export function lastTexts(call: ProviderCall | undefined): string[] {
  return (call?.request?.messages.at(-1)?.content ?? []).filter(({ type }) => type === "text").map(({ text }) => String(text));
}

export const ofType = <T extends AgentLine["type"]>(lines: readonly AgentLine[], type: T): Extract<AgentLine, { type: T }>[] =>
  lines.filter((line): line is Extract<AgentLine, { type: T }> => line.type === type);
