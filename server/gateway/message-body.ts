import { z } from "zod";
import type { CacheUse } from "@/lib/pricing/prices";
import { ApiError } from "./api-error";

/** A request for a provider, taken apart as far as money and the sandbox's walls are concerned. */
export interface MessageBody {
  stream: boolean;
  maxTokens: number;
  /** No answer may be shorter: thinking needs room of its own. */
  leastTokens: number;
  /** An upper bound: no token is shorter than a byte. */
  promptTokens: number;
  cache: CacheUse;
  /** The request as it goes to this model, with an answer of at most so many tokens. */
  render(model: string, maxTokens: number): string;
  /** The same question, to be counted. */
  renderCount(model: string): string;
}

/** What providers add to a prompt by themselves, for tools above all. */
const PROMPT_OVERHEAD = 1_000;
/** An answer of fewer tokens is no answer. */
const LEAST_TOKENS = 256;
/** The least that the Messages API takes as a thinking budget. */
const LEAST_THINKING = 1_024;
/** They change what a token costs; the price list knows nothing of it. */
const PRICED_APART = ["service_tier", "speed", "inference_geo"];
/** Tools that the provider carries out: they cost money beside tokens, and they reach where the sandbox does not. */
const SERVER_TOOL = /^(web_search|web_fetch|code_execution|mcp_toolset)/;
const COUNTED = ["system", "messages", "tools", "tool_choice", "thinking"];

const thinkingSchema = z.looseObject({ type: z.literal("enabled"), budget_tokens: z.number() });
const blockSchema = z.looseObject({
  type: z.string().optional(),
  source: z.looseObject({ type: z.string() }).optional(),
  content: z.unknown().optional(),
});

/** Takes a request apart. Throws an `ApiError` 400 that names what this gateway does not let through. */
export function readMessageBody(body: Record<string, unknown>): MessageBody {
  const given = z.int().min(1).safeParse(body.max_tokens);
  if (!given.success) throw refusal("max_tokens: give a whole number of at least 1.");
  if (body.mcp_servers !== undefined) throw refusal("mcp_servers: servers on the provider's side are not let through from a sandbox.");
  if (body.container !== undefined) throw refusal("container: the provider's containers are not let through from a sandbox.");
  refuseServerTools(body.tools);
  refuseReferences(body.messages);
  const rest = Object.fromEntries(
    Object.entries(body).filter(([name]) => name !== "model" && name !== "max_tokens" && !PRICED_APART.includes(name)),
  );
  const text = JSON.stringify(rest);
  const thinking = thinkingSchema.safeParse(body.thinking);
  const maxTokens = given.data;
  const least = thinking.success ? LEAST_THINKING + LEAST_TOKENS : LEAST_TOKENS;
  return {
    stream: body.stream === true,
    maxTokens,
    leastTokens: Math.min(maxTokens, least),
    promptTokens: Buffer.byteLength(text) + PROMPT_OVERHEAD,
    cache: cacheUse(text),
    render(model, tokens) {
      const head = `{"model":${JSON.stringify(model)},"max_tokens":${tokens}`;
      // The budget for thinking must leave room for an answer.
      const tight = thinking.success && thinking.data.budget_tokens >= tokens && tokens < maxTokens;
      const shown = tight ? JSON.stringify({ ...rest, thinking: { ...thinking.data, budget_tokens: tokens - LEAST_TOKENS } }) : text;
      return shown === "{}" ? `${head}}` : `${head},${shown.slice(1)}`;
    },
    renderCount: (model) =>
      JSON.stringify({ model, ...Object.fromEntries(Object.entries(rest).filter(([name]) => COUNTED.includes(name))) }),
  };
}

/** By the text: a mark in what a file says only makes the estimate dearer. */
function cacheUse(text: string): CacheUse {
  if (!text.includes('"cache_control"')) return "none";
  return text.includes('"ttl":"1h"') ? "1h" : "5m";
}

function refuseServerTools(tools: unknown): void {
  if (!Array.isArray(tools)) return;
  for (const [at, tool] of tools.entries()) {
    const { type } = blockSchema.safeParse(tool).data ?? {};
    if (type !== undefined && SERVER_TOOL.test(type)) {
      throw refusal(`tools.${at}: ${type} runs on the provider's side, where the sandbox's limits do not hold. Leave it out.`);
    }
  }
}

/** Images and documents by address or by file id: the provider would fetch what the sandbox may not reach. */
function refuseReferences(messages: unknown): void {
  if (!Array.isArray(messages)) return;
  for (const [at, message] of messages.entries()) {
    const content = blocks(blockSchema.safeParse(message).data?.content);
    const inner = content.flatMap(({ content: nested }) => blocks(nested));
    const found = [...content, ...inner].find(({ source }) => source?.type === "url" || source?.type === "file");
    if (found === undefined) continue;
    throw refusal(`messages.${at}: a ${found.type ?? "block"} by ${found.source?.type} would be fetched by the provider. Send its bytes.`);
  }
}

type Block = z.infer<typeof blockSchema>;

function blocks(content: unknown): Block[] {
  if (!Array.isArray(content)) return [];
  return content.map((block) => blockSchema.safeParse(block).data).filter((block) => block !== undefined);
}

function refusal(message: string): ApiError {
  return new ApiError(400, "invalid_request_error", message);
}
