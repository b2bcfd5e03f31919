import { isRecord } from "@/lib/parse-json";
import type { CacheUse } from "@/lib/pricing/prices";
import { ApiError } from "./api-error";
import type { JsonBody } from "./read-json-body";

/** A request for a provider, taken apart as far as money and the sandbox's walls are concerned. */
export interface MessageBody {
  stream: boolean;
  maxTokens: number;
  /** No answer may be shorter: thinking needs room of its own. */
  leastTokens: number;
  /** An upper bound: no token is shorter than a byte of the request. */
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
const LEFT_OUT = { service_tier: undefined, speed: undefined, inference_geo: undefined };
/** Any other time to live than the cheap one, however it is spelled. */
const LONG_LIVED = /"ttl"\s*:\s*(?!"5m")/;
/** Tools that the provider carries out: they cost money beside tokens, and they reach where the sandbox does not. */
const SERVER_TOOL = /^(web_search|web_fetch|code_execution|mcp_toolset)/;
const COUNTED = ["system", "messages", "tools", "tool_choice", "thinking"];

/** Takes a request apart. Throws an `ApiError` 400 that names what this gateway does not let through. */
export function readMessageBody(given: JsonBody): MessageBody {
  const body = given.value;
  const maxTokens = body.max_tokens;
  if (typeof maxTokens !== "number" || !Number.isSafeInteger(maxTokens) || maxTokens < 1) {
    throw refusal("max_tokens: give a whole number of at least 1.");
  }
  if (body.mcp_servers !== undefined) throw refusal("mcp_servers: servers on the provider's side are not let through from a sandbox.");
  if (body.container !== undefined) throw refusal("container: the provider's containers are not let through from a sandbox.");
  refuseServerTools(body.tools);
  refuseReferences(body.messages);
  const thinking = thinkingOf(body);
  const least = thinking === undefined ? LEAST_TOKENS : LEAST_THINKING + LEAST_TOKENS;
  return {
    stream: body.stream === true,
    maxTokens,
    leastTokens: Math.min(maxTokens, least),
    promptTokens: given.size + PROMPT_OVERHEAD,
    cache: cacheUse(given),
    render(model, tokens) {
      const changes = { model, max_tokens: tokens, ...LEFT_OUT };
      // The budget for thinking must leave room for an answer.
      const tight = thinking !== undefined && thinking.budget_tokens >= tokens && tokens < maxTokens;
      return given.render(tight ? { ...changes, thinking: { ...thinking, budget_tokens: tokens - LEAST_TOKENS } } : changes);
    },
    renderCount(model) {
      const others = Object.keys(body).filter((name) => !COUNTED.includes(name));
      return given.render({ ...Object.fromEntries(others.map((name) => [name, undefined])), model });
    },
  };
}

/** By the text: a mark in what a file says only makes the estimate dearer. */
function cacheUse({ text }: JsonBody): CacheUse {
  if (!text.includes('"cache_control"')) return "none";
  return LONG_LIVED.test(text) ? "1h" : "5m";
}

function refuseServerTools(tools: unknown): void {
  if (!Array.isArray(tools)) return;
  for (const [at, tool] of tools.entries()) {
    const type = isRecord(tool) ? tool.type : undefined;
    if (typeof type === "string" && SERVER_TOOL.test(type)) {
      throw refusal(`tools.${at}: ${type} runs on the provider's side, where the sandbox's limits do not hold. Leave it out.`);
    }
  }
}

/** Images and documents by address or by file id: the provider would fetch what the sandbox may not reach. */
function refuseReferences(messages: unknown): void {
  if (!Array.isArray(messages)) return;
  for (const [at, message] of messages.entries()) {
    const found = findReference(message);
    if (found === undefined) continue;
    throw refusal(`messages.${at}: a ${found.block} by ${found.source} would be fetched by the provider. Send its bytes.`);
  }
}

/** In the blocks of a message, and in those that a tool's result has. */
function findReference(holder: unknown, levels = 2): { block: string; source: string } | undefined {
  const content = isRecord(holder) ? holder.content : undefined;
  if (levels === 0 || !Array.isArray(content)) return undefined;
  for (const block of content) {
    if (!isRecord(block)) continue;
    const source = isRecord(block.source) ? block.source.type : undefined;
    if (source === "url" || source === "file") return { block: typeof block.type === "string" ? block.type : "block", source };
    const inner = findReference(block, levels - 1);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function thinkingOf({ thinking }: Record<string, unknown>): { budget_tokens: number } | undefined {
  if (!isRecord(thinking) || thinking.type !== "enabled" || typeof thinking.budget_tokens !== "number") return undefined;
  return { ...thinking, budget_tokens: thinking.budget_tokens };
}

function refusal(message: string): ApiError {
  return new ApiError(400, "invalid_request_error", message);
}
