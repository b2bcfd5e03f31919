import { randomBytes } from "node:crypto";
import type { Checked } from "./check-request";
import type { JsonObject } from "./json";
import type { InputTokens } from "./prompt-cache";
import type { Reply, ReplyBlock } from "./reply";
import type { Signatures } from "./signatures";
import type { StreamEvent } from "./stream-reply";

const DELTA_CHARACTERS = 17;

/** A scripted answer as the API's events, in order. */
export function composeReply(reply: Reply, request: Checked, input: InputTokens, signatures: Signatures): StreamEvent[] {
  const blocks = reply.blocks ?? [{ text: "Done." }];
  const usage = {
    input_tokens: input.input,
    cache_creation_input_tokens: input.cacheWrite,
    cache_read_input_tokens: input.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: input.cacheWrite, ephemeral_1h_input_tokens: 0 },
  };
  const message: JsonObject = {
    id: `msg_${randomBytes(8).toString("hex")}`,
    type: "message",
    role: "assistant",
    model: request.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 1, service_tier: "standard" },
  };
  const events: StreamEvent[] = [
    { place: "message_start", name: "message_start", data: { type: "message_start", message }, outputTokens: 1 },
  ];
  const thought: string[] = [];
  let outputTokens = 3;
  for (const [index, block] of blocks.entries()) {
    events.push(...blockEvents(block, index, request, signatures, thought));
    outputTokens += Math.ceil(Buffer.byteLength(JSON.stringify(block)) / 4);
  }
  const stop = reply.stop ?? (blocks.some((block) => "tool" in block) ? "tool_use" : "end_turn");
  const delta: JsonObject = { stop_reason: stop, stop_sequence: reply.stopSequence ?? null, stop_details: reply.stopDetails ?? null };
  const total = { ...usage, output_tokens: outputTokens };
  events.push({ place: "message_delta", name: "message_delta", data: { type: "message_delta", delta, usage: total }, outputTokens });
  events.push({ place: "message_stop", name: "message_stop", data: { type: "message_stop" } });
  return events;
}

function blockEvents(block: ReplyBlock, index: number, request: Checked, signatures: Signatures, thought: string[]): StreamEvent[] {
  const start = (content: JsonObject): StreamEvent => ({
    place: "block_start",
    name: "content_block_start",
    data: { type: "content_block_start", index, content_block: content },
  });
  const delta = (place: StreamEvent["place"], data: JsonObject): StreamEvent => ({
    place,
    name: "content_block_delta",
    data: { type: "content_block_delta", index, delta: data },
  });
  const stop: StreamEvent = { place: "block_stop", name: "content_block_stop", data: { type: "content_block_stop", index } };
  if ("thinking" in block) {
    const signature = signatures.sign(block.thinking, request.messages);
    thought.push(signature);
    const parts = split(block.thinking).map((thinking) => delta("thinking", { type: "thinking_delta", thinking }));
    return [
      start({ type: "thinking", thinking: "", signature: "" }),
      ...parts,
      delta("signature", { type: "signature_delta", signature }),
      stop,
    ];
  }
  if ("redacted" in block) {
    thought.push(block.redacted);
    return [start({ type: "redacted_thinking", data: block.redacted }), stop];
  }
  if ("text" in block) {
    return [start({ type: "text", text: "" }), ...split(block.text).map((text) => delta("text", { type: "text_delta", text })), stop];
  }
  if ("raw" in block) return [start(block.raw), stop];
  const id = block.id ?? `toolu_${randomBytes(8).toString("hex")}`;
  signatures.bind(id, [...thought]);
  const json = block.json ?? JSON.stringify(block.input ?? {});
  const parts = ["", ...split(json)].map((partial) => delta("tool_input", { type: "input_json_delta", partial_json: partial }));
  return [start({ type: "tool_use", id, name: block.tool, input: {} }), ...parts, stop];
}

function split(text: string): string[] {
  const characters = [...text];
  const size = Math.max(DELTA_CHARACTERS, Math.ceil(characters.length / 200));
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, at) => characters.slice(at * size, (at + 1) * size).join(""));
}
