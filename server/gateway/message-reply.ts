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
  /** Milliseconds to add to a wait, anew for each. */
  jitter?(): number;
}

/** Tokens to report in place of the rough counts. */
export interface ReplyUsage {
  input?: number;
  output?: number;
  cacheRead?: number;
  cacheWrite?: number;
}

export interface MessageReply {
  text(text: string, pace: Pace): Promise<void>;
  thinking(text: string, pace: Pace): Promise<void>;
  tool(name: string, input: unknown, pace: Pace): Promise<void>;
  /** A tool call whose input is no JSON: `json`, as it stands, or something broken. */
  malformedTool(name: string, json?: string): Promise<void>;
  pause(ms: number): Promise<void>;
  /** An error in the middle is an event of the stream; at the beginning it is the answer, unless `asEvent` asks for a stream. */
  fail(error: ApiError, asEvent?: boolean): Promise<void>;
  /** Ends the connection before anything is answered; where something was, it is cut. */
  reset(): Promise<void>;
  /** Breaks the connection off, in the middle of a block of this kind. */
  cut(block?: "text" | "thinking" | "tool"): Promise<void>;
  /** An event of any name; nothing in an answer that is not streamed. */
  event(type: string, data: object): Promise<void>;
  /** Counts that are known from here on; those of the input are told at the stream's beginning, so they must come first. */
  setUsage(usage: ReplyUsage): void;
  setStop(reason: string, sequence?: string): void;
  /** Keeps the connection open and says nothing for a while. */
  silence(ms: number): Promise<void>;
  /** Keeps the connection open and says nothing more. */
  hang(): Promise<never>;
  end(): Promise<void>;
}

export interface ReplyOptions {
  model: string;
  inputTokens: number;
  stream: boolean;
}

/** The beginnings of blocks that a cut leaves unfinished. */
const halves = {
  text: { start: (): object => ({ type: "text", text: "" }), delta: { type: "text_delta", text: "and then the connection " } },
  thinking: {
    start: (): object => ({ type: "thinking", thinking: "", signature: "" }),
    delta: { type: "thinking_delta", thinking: "If only I could finish this " },
  },
  tool: {
    start: (): object => ({ type: "tool_use", id: `toolu_${randomBytes(9).toString("hex")}`, name: "write", input: {} }),
    delta: { type: "input_json_delta", partial_json: '{"path": "half.txt", "content": "This will nev' },
  },
};

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
  let told: ReplyUsage = {};
  let stop: { reason: string; sequence?: string } | undefined;

  const message = (): object => ({ id, type: "message", role: "assistant", model, stop_sequence: null });
  const usage = (): object => ({
    input_tokens: told.input ?? inputTokens,
    output_tokens: outputTokens,
    cache_read_input_tokens: told.cacheRead ?? 0,
    cache_creation_input_tokens: told.cacheWrite ?? 0,
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

  async function block(
    empty: Block,
    parts: string[],
    delta: (part: string) => object,
    { delayMs, jitter }: Omit<Pace, "split">,
  ): Promise<void> {
    const index = blocks.length - 1;
    await begin();
    await event("content_block_start", { index, content_block: empty });
    for (const part of parts) {
      await event("content_block_delta", { index, delta: delta(part) });
      const wait = delayMs + (jitter?.() ?? 0);
      if (wait > 0) await pause(wait);
    }
    await event("content_block_stop", { index });
  }

  return {
    pause,
    async text(text, { split, ...pace }) {
      blocks.push({ type: "text", text });
      if (stream) await block({ type: "text", text: "" }, split(text), (part) => ({ type: "text_delta", text: part }), pace);
      outputTokens += roughTokens(text);
    },
    async thinking(thinking, { split, ...pace }) {
      blocks.push({ type: "thinking", thinking, signature: "" });
      const empty: Block = { type: "thinking", thinking: "", signature: "" };
      if (stream) await block(empty, split(thinking), (part) => ({ type: "thinking_delta", thinking: part }), pace);
      outputTokens += roughTokens(thinking);
    },
    async tool(name, input, { split, ...pace }) {
      const json = JSON.stringify(input);
      const call: Block = { type: "tool_use", id: `toolu_${randomBytes(9).toString("hex")}`, name, input };
      blocks.push(call);
      const delta = (part: string): object => ({ type: "input_json_delta", partial_json: part });
      if (stream) await block({ ...call, input: {} }, split(json), delta, pace);
      outputTokens += roughTokens(json);
    },
    async malformedTool(name, json) {
      const call: Block = { type: "tool_use", id: `toolu_${randomBytes(9).toString("hex")}`, name, input: {} };
      blocks.push(call);
      const delta = (part: string): object => ({ type: "input_json_delta", partial_json: part });
      if (stream) await block(call, json === undefined ? ['{"path": "broken', '", "content": '] : [json], delta, { delayMs: 0 });
    },
    async fail(error, asEvent = false) {
      if (!begun && !(asEvent && stream)) throw error;
      await begin();
      await event("error", { error: { type: error.type, message: error.message } });
      response.end();
    },
    async reset() {
      // Time for the request to be read: a reset in the middle of it would be a different fault.
      await pause(5);
      response.destroy();
    },
    async cut(kind = "text") {
      if (stream) {
        await begin();
        const index = blocks.length;
        const { start, delta } = halves[kind];
        await event("content_block_start", { index, content_block: start() });
        await event("content_block_delta", { index, delta });
        // Time for what was written to arrive: destroying drops what is still on its way.
        await pause(20);
      }
      response.destroy();
    },
    async event(type, data) {
      if (!stream) return;
      await begin();
      await event(type, data);
    },
    setUsage(usage) {
      told = { ...told, ...usage };
    },
    setStop(reason, sequence) {
      stop = { reason, sequence };
    },
    async silence(ms) {
      if (stream) await begin();
      await pause(ms);
    },
    async hang() {
      if (stream) await begin();
      gone.signal.throwIfAborted();
      await once(gone.signal, "abort");
      throw gone.signal.reason;
    },
    async end() {
      const stopReason = stop?.reason ?? (blocks.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn");
      const stopSequence = stop?.sequence ?? null;
      outputTokens = told.output ?? outputTokens;
      if (!stream) {
        const body = { ...message(), content: blocks, stop_reason: stopReason, stop_sequence: stopSequence, usage: usage() };
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
        return;
      }
      await begin();
      await event("message_delta", {
        delta: { stop_reason: stopReason, stop_sequence: stopSequence },
        usage: { output_tokens: outputTokens },
      });
      await event("message_stop", {});
      response.end();
    },
  };
}
