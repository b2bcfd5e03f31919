import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiError } from "./api-error";
import { roughTokens } from "./messages-request";

type Block =
  | { type: "text"; text: string }
  | { type: "thinking"; thinking: string; signature: string }
  | { type: "tool_use"; id: string; name: string; input: unknown };

/** The rhythm of a streamed block. */
export interface Pace {
  /** Splits the text into what each delta carries. */
  split(text: string): string[];
  delayMs: number;
}

export interface MessageReply {
  text(text: string, pace: Pace): Promise<void>;
  thinking(text: string, pace: Pace): Promise<void>;
  tool(name: string, input: unknown, pace: Pace): Promise<void>;
  /** A tool call whose input is no JSON. */
  malformedTool(): Promise<void>;
  pause(ms: number): Promise<void>;
  /** An error in the middle is an event of the stream; at the beginning it is the answer. */
  fail(error: ApiError): Promise<void>;
  /** Breaks the connection off, in the middle of a block. */
  cut(): Promise<void>;
  /** Keeps the connection open and says nothing more. */
  hang(): Promise<never>;
  end(): Promise<void>;
}

export interface ReplyOptions {
  model: string;
  inputTokens: number;
  stream: boolean;
}

/**
 * Writes one answer of the Messages API, as a stream of paced deltas or as one body. Its methods reject with an `AbortError` once the
 * reader has gone.
 */
export function createMessageReply(response: ServerResponse, { model, inputTokens, stream }: ReplyOptions): MessageReply {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const id = `msg_${randomBytes(9).toString("hex")}`;
  const blocks: Block[] = [];
  let begun = false;
  /** Of whole blocks: a stream's first event knows nothing of what will be said. */
  let outputTokens = 0;

  const message = (): object => ({ id, type: "message", role: "assistant", model, stop_sequence: null });
  const usage = (): object => ({
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  });
  const pause = async (ms: number): Promise<void> => void (await sleep(ms, undefined, { signal: gone.signal }));

  async function event(type: string, data: object): Promise<void> {
    gone.signal.throwIfAborted();
    const flowing = response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
    if (!flowing) await once(response, "drain", { signal: gone.signal });
  }

  async function begin(): Promise<void> {
    if (begun) return;
    begun = true;
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
    await event("message_start", { message: { ...message(), content: [], stop_reason: null, usage: usage() } });
    await event("ping", {});
  }

  async function block(empty: Block, parts: string[], delta: (part: string) => object, delayMs: number): Promise<void> {
    const index = blocks.length - 1;
    await begin();
    await event("content_block_start", { index, content_block: empty });
    for (const part of parts) {
      await event("content_block_delta", { index, delta: delta(part) });
      if (delayMs > 0) await pause(delayMs);
    }
    await event("content_block_stop", { index });
  }

  return {
    pause,
    async text(text, { split, delayMs }) {
      blocks.push({ type: "text", text });
      if (stream) await block({ type: "text", text: "" }, split(text), (part) => ({ type: "text_delta", text: part }), delayMs);
      outputTokens += roughTokens(text);
    },
    async thinking(thinking, { split, delayMs }) {
      blocks.push({ type: "thinking", thinking, signature: "" });
      const empty: Block = { type: "thinking", thinking: "", signature: "" };
      if (stream) await block(empty, split(thinking), (part) => ({ type: "thinking_delta", thinking: part }), delayMs);
      outputTokens += roughTokens(thinking);
    },
    async tool(name, input, { split, delayMs }) {
      const json = JSON.stringify(input);
      const call: Block = { type: "tool_use", id: `toolu_${randomBytes(9).toString("hex")}`, name, input };
      blocks.push(call);
      const delta = (part: string): object => ({ type: "input_json_delta", partial_json: part });
      if (stream) await block({ ...call, input: {} }, split(json), delta, delayMs);
      outputTokens += roughTokens(json);
    },
    async malformedTool() {
      const call: Block = { type: "tool_use", id: `toolu_${randomBytes(9).toString("hex")}`, name: "write", input: {} };
      blocks.push(call);
      const delta = (part: string): object => ({ type: "input_json_delta", partial_json: part });
      if (stream) await block(call, ['{"path": "broken', '", "content": '], delta, 0);
    },
    async fail(error) {
      if (!begun) throw error;
      await event("error", { error: { type: error.type, message: error.message } });
      response.end();
    },
    async cut() {
      if (stream) {
        await begin();
        const index = blocks.length;
        await event("content_block_start", { index, content_block: { type: "text", text: "" } });
        await event("content_block_delta", { index, delta: { type: "text_delta", text: "and then the connection " } });
        // Time for what was written to arrive: destroying drops what is still on its way.
        await pause(20);
      }
      response.destroy();
    },
    async hang() {
      if (stream) await begin();
      gone.signal.throwIfAborted();
      await once(gone.signal, "abort");
      throw gone.signal.reason;
    },
    async end() {
      const stopReason = blocks.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn";
      if (!stream) {
        const body = { ...message(), content: blocks, stop_reason: stopReason, usage: usage() };
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
        return;
      }
      await begin();
      await event("message_delta", { delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: outputTokens } });
      await event("message_stop", {});
      response.end();
    },
  };
}
