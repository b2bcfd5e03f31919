import type Anthropic from "@anthropic-ai/sdk";
import type { TokenCounts } from "@/lib/pricing/prices";
import type { Emit } from "../emit";

/** A tool call as the model sent it; `input` is undefined when its JSON was broken. */
export interface ToolCall {
  id: string;
  name: string;
  input: unknown;
  broken?: string;
}

/** One complete answer of the model. */
export interface Answer {
  /** As it goes back into the conversation. */
  content: Anthropic.ContentBlockParam[];
  text: string;
  calls: ToolCall[];
  /** A string, since providers may know reasons that the library does not. */
  stopReason: string | null;
  /** Why a model declined, as far as it says so. */
  refusal?: { category: string | null; explanation: string | null };
  usage: TokenCounts;
}

/** The stream ended before the answer did. */
export class AnswerCut extends Error {}

interface Open {
  block: Anthropic.ContentBlock;
  json: string;
}

export interface CollectOptions {
  emit: Emit;
  /** Blocks are named `{prefix}.{index}`. */
  prefix: string;
  /** Gets the names of blocks that were printed, so that a broken answer can be taken back. */
  shown: Set<string>;
  /** Gets the counts each time they change: what was said last was charged, also when the stream breaks off. */
  said(counts: TokenCounts): void;
}

/** Stream → answer, with its text printed as it comes. Rejects with `AnswerCut` when the stream ends early. */
export async function collectAnswer(stream: AsyncIterable<Anthropic.RawMessageStreamEvent>, options: CollectOptions): Promise<Answer> {
  const { emit, prefix, shown, said } = options;
  const open = new Map<number, Open>();
  const usage: TokenCounts = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const answer: Answer = { content: [], text: "", calls: [], stopReason: null, usage };
  let whole = false;

  function say(type: "text.delta" | "thinking.delta", index: number, text: string): void {
    if (text === "") return;
    const block = `${prefix}.${index}`;
    shown.add(block);
    emit({ type, block, text });
  }

  for await (const event of stream) {
    switch (event.type) {
      case "message_start":
        takeUsage(usage, event.message.usage);
        said({ ...usage });
        break;
      case "content_block_start":
        open.set(event.index, { block: event.content_block, json: "" });
        if (event.content_block.type === "text") say("text.delta", event.index, event.content_block.text);
        break;
      case "content_block_delta": {
        const current = open.get(event.index);
        if (current === undefined) break;
        const { delta } = event;
        if (delta.type === "text_delta") say("text.delta", event.index, delta.text);
        if (delta.type === "thinking_delta") say("thinking.delta", event.index, delta.thinking);
        grow(current, delta);
        break;
      }
      case "content_block_stop": {
        const current = open.get(event.index);
        if (current !== undefined) close(answer, current);
        open.delete(event.index);
        break;
      }
      case "message_delta":
        takeEnd(answer, event);
        said({ ...usage });
        break;
      case "message_stop":
        whole = true;
        break;
    }
  }
  if (!whole) throw new AnswerCut("the answer broke off");
  // Providers leave a block open where the length limit cut it.
  for (const rest of open.values()) close(answer, rest);
  return answer;
}

function takeEnd(answer: Answer, { delta, usage }: Anthropic.RawMessageDeltaEvent): void {
  answer.stopReason = delta.stop_reason;
  // Older endpoints do not send the field at all.
  const details = delta.stop_details as Anthropic.RawMessageDeltaEvent["delta"]["stop_details"] | undefined;
  if (details?.type === "refusal") answer.refusal = { category: details.category, explanation: details.explanation };
  takeUsage(answer.usage, usage);
}

function grow(current: Open, delta: Anthropic.RawContentBlockDelta): void {
  const { block } = current;
  if (delta.type === "text_delta" && block.type === "text") block.text += delta.text;
  else if (delta.type === "thinking_delta" && block.type === "thinking") block.thinking += delta.thinking;
  else if (delta.type === "signature_delta" && block.type === "thinking") block.signature = delta.signature;
  else if (delta.type === "input_json_delta") current.json += delta.partial_json;
}

function close(answer: Answer, { block, json }: Open): void {
  switch (block.type) {
    case "text":
      // The API refuses text without a letter when it comes back.
      if (block.text.trim() === "") return;
      answer.text += answer.text === "" ? block.text : `\n\n${block.text}`;
      answer.content.push({ type: "text", text: block.text });
      return;
    case "thinking":
      answer.content.push({ type: "thinking", thinking: block.thinking, signature: block.signature });
      return;
    case "redacted_thinking":
      answer.content.push({ type: "redacted_thinking", data: block.data });
      return;
    case "tool_use": {
      const call = parseCall(block, json);
      answer.calls.push(call);
      const input = isRecord(call.input) ? call.input : {};
      answer.content.push({ type: "tool_use", id: call.id, name: call.name, input });
      return;
    }
    case "server_tool_use":
      answer.content.push({ ...block, input: parsed(json) ?? block.input });
      return;
    default:
      // What a provider's own tools did goes back as it came: a paused turn goes on from it.
      answer.content.push(block as Anthropic.ContentBlockParam);
  }
}

function parseCall(block: Anthropic.ToolUseBlock, json: string): ToolCall {
  const { id, name } = block;
  if (json.trim() === "") return { id, name, input: block.input };
  const input = parsed(json);
  return input === undefined ? { id, name, input, broken: json.slice(-500) } : { id, name, input };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Counts are cumulative: later ones replace earlier ones, absent ones keep them. */
function takeUsage(
  usage: TokenCounts,
  seen: {
    input_tokens?: number | null;
    output_tokens?: number | null;
    cache_read_input_tokens?: number | null;
    cache_creation_input_tokens?: number | null;
  },
): void {
  usage.inputTokens = seen.input_tokens ?? usage.inputTokens;
  usage.outputTokens = seen.output_tokens ?? usage.outputTokens;
  usage.cacheReadTokens = seen.cache_read_input_tokens ?? usage.cacheReadTokens;
  usage.cacheWriteTokens = seen.cache_creation_input_tokens ?? usage.cacheWriteTokens;
}
