import type Anthropic from "@anthropic-ai/sdk";
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
  stopReason: Anthropic.StopReason | null;
  usage: { inputTokens: number; outputTokens: number; cacheReadTokens: number; cacheWriteTokens: number };
}

/** The stream ended before the answer did. */
export class AnswerCut extends Error {}

interface Open {
  block: Anthropic.ContentBlock;
  json: string;
}

/**
 * Stream → answer, with its text printed as it comes. Blocks are named `t{turn}.{attempt}.{index}`; the names of those that were printed are
 * added to `shown`, so that a broken answer can be taken back. Rejects with `AnswerCut` when the stream ends early.
 */
export async function collectAnswer(
  stream: AsyncIterable<Anthropic.RawMessageStreamEvent>,
  emit: Emit,
  prefix: string,
  shown: Set<string>,
): Promise<Answer> {
  const open = new Map<number, Open>();
  const answer: Answer = {
    content: [],
    text: "",
    calls: [],
    stopReason: null,
    usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
  };
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
        takeUsage(answer, event.message.usage);
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
        answer.stopReason = event.delta.stop_reason;
        takeUsage(answer, event.usage);
        break;
      case "message_stop":
        whole = true;
        break;
    }
  }
  if (!whole) throw new AnswerCut("the answer broke off");
  return answer;
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
      if (block.text === "") return; // The API refuses empty text when it comes back.
      answer.text += block.text;
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
      answer.content.push({ type: "tool_use", id: call.id, name: call.name, input: call.broken === undefined ? call.input : {} });
      return;
    }
    default:
      // Server-side tools are never asked for.
      return;
  }
}

function parseCall(block: Anthropic.ToolUseBlock, json: string): ToolCall {
  const { id, name } = block;
  if (json.trim() === "") return { id, name, input: block.input };
  try {
    return { id, name, input: JSON.parse(json) };
  } catch {
    return { id, name, input: undefined, broken: json.slice(0, 500) };
  }
}

/** Counts are cumulative: later ones replace earlier ones, absent ones keep them. */
function takeUsage(
  { usage }: Answer,
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
