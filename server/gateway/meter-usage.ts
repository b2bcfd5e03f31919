import { StringDecoder } from "node:string_decoder";
import { z } from "zod";
import { parseJson } from "@/lib/parse-json";
import type { TokenCounts } from "@/lib/pricing/prices";

/** Watches the bytes of one answer. It never changes or delays them. */
export interface UsageMeter {
  observe(chunk: Buffer): void;
  /** What a stream has said of its prompt, as soon as it has. */
  readonly begun: TokenCounts | undefined;
  /** True once the counts are final, though the connection may stay open: a stream has said its `message_stop`. */
  readonly stopped: boolean;
  /** Type of the error event that a stream carried, for example `overloaded_error`. */
  readonly errorType: string | undefined;
  /**
   * Takes what is left as the end. Undefined while no count has arrived: nothing was charged. Of a stream that broke off, what it said
   * since its last count is estimated by its length.
   */
  finish(): TokenCounts | undefined;
}

/** Bytes of an answer's text per token, roughly; a provider counts itself, so this matters for cut streams alone. */
const BYTES_PER_TOKEN = 4;
/** A longer body or line is passed on but not understood. */
const MAX_BYTES = 32 * 1024 * 1024;

const count = z.number().nonnegative().nullish();
const usageSchema = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  cache_creation: z.object({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }).nullish(),
});
const answerSchema = z.object({ usage: usageSchema });
const eventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message_start"), message: answerSchema }),
  z.object({ type: z.literal("message_delta"), usage: usageSchema }),
  z.object({ type: z.literal("message_stop") }),
  z.object({ type: z.literal("error"), error: z.object({ type: z.string() }) }),
]);

/** A meter for an answer of this content type: a stream of events, or else one JSON body. */
export function meterUsage(contentType: string | undefined): UsageMeter {
  return contentType?.includes("text/event-stream") ? meterStream() : meterBody();
}

function meterBody(): UsageMeter {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    begun: undefined,
    stopped: false,
    errorType: undefined,
    observe(chunk) {
      size += chunk.length;
      if (size <= MAX_BYTES) chunks.push(chunk);
    },
    finish() {
      const answer = answerSchema.safeParse(parseJson(Buffer.concat(chunks).toString("utf8")));
      return answer.success ? merge(undefined, answer.data.usage) : undefined;
    },
  };
}

function meterStream(): UsageMeter {
  const decoder = new StringDecoder("utf8");
  let line = "";
  let data: string[] = [];
  let counts: TokenCounts | undefined;
  let uncounted = 0;
  let stopped = false;
  let errorType: string | undefined;

  function endEvent(): void {
    if (data.length === 0) return;
    const value = parseJson(data.join("\n"));
    data = [];
    const said = saidBytes(value);
    if (said !== undefined) {
      uncounted += said;
      return;
    }
    const parsed = eventSchema.safeParse(value);
    if (!parsed.success) return;
    const event = parsed.data;
    switch (event.type) {
      case "message_start":
        counts = merge(counts, event.message.usage);
        return;
      case "message_delta":
        // Cumulative: the last one counts, and only what it names.
        counts = counts && merge(counts, event.usage);
        if (event.usage.output_tokens != null) uncounted = 0;
        return;
      case "message_stop":
        stopped = true;
        return;
      case "error":
        errorType = event.error.type;
        return;
    }
  }

  function endLine(): void {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    line = "";
    if (text === "") endEvent();
    else if (text.startsWith("data:")) data.push(text.slice("data:".length));
  }

  return {
    get begun() {
      return counts;
    },
    get stopped() {
      return stopped;
    },
    get errorType() {
      return errorType;
    },
    observe(chunk) {
      const [first = "", ...more] = decoder.write(chunk).split("\n");
      if (line.length <= MAX_BYTES) line += first;
      for (const next of more) {
        endLine();
        line = next;
      }
    },
    finish() {
      // A cut may have come right behind a whole event's text: what it said was charged.
      endLine();
      endEvent();
      return counts && { ...counts, outputTokens: counts.outputTokens + Math.ceil(uncounted / BYTES_PER_TOKEN) };
    },
  };
}

/** Bytes of text in a delta, of which a stream has hundreds per second: looked at by hand. Undefined for any other event. */
function saidBytes(event: unknown): number | undefined {
  if (!isObject(event) || event.type !== "content_block_delta") return undefined;
  const delta = isObject(event.delta) ? event.delta : {};
  const said = delta.text ?? delta.thinking ?? delta.partial_json;
  return typeof said === "string" ? Buffer.byteLength(said) : 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function merge(before: TokenCounts | undefined, usage: z.infer<typeof usageSchema>): TokenCounts {
  const tiers = usage.cache_creation;
  const hour = tiers?.ephemeral_1h_input_tokens;
  const written = tiers == null ? undefined : (hour ?? 0) + (tiers.ephemeral_5m_input_tokens ?? 0);
  return {
    inputTokens: usage.input_tokens ?? before?.inputTokens ?? 0,
    outputTokens: usage.output_tokens ?? before?.outputTokens ?? 0,
    cacheReadTokens: usage.cache_read_input_tokens ?? before?.cacheReadTokens ?? 0,
    cacheWriteTokens: usage.cache_creation_input_tokens ?? written ?? before?.cacheWriteTokens ?? 0,
    cacheWrite1hTokens: hour ?? before?.cacheWrite1hTokens ?? 0,
  };
}
