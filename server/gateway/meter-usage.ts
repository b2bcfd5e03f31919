import { StringDecoder } from "node:string_decoder";
import { z } from "zod";
import type { TokenCounts } from "@/lib/pricing/prices";
import { parseJson } from "./parse-json";

/** Watches the bytes of one answer. It never changes or delays them. */
export interface UsageMeter {
  observe(chunk: Buffer): void;
  /** True once a stream has said its `message_stop`: its counts are final, though the connection may stay open. */
  readonly stopped: boolean;
  /** Takes what is left as the end. Undefined while no count has arrived: nothing was charged. */
  finish(): TokenCounts | undefined;
}

const count = z.number().nonnegative().nullish();
const usageSchema = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
});
const answerSchema = z.object({ usage: usageSchema });
const eventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message_start"), message: answerSchema }),
  z.object({ type: z.literal("message_delta"), usage: usageSchema }),
  z.object({ type: z.literal("message_stop") }),
]);

/** A meter for an answer of this content type: a stream of events, or else one JSON body. */
export function meterUsage(contentType: string | undefined): UsageMeter {
  return contentType?.includes("text/event-stream") ? meterStream() : meterBody();
}

function meterBody(): UsageMeter {
  const chunks: Buffer[] = [];
  return {
    stopped: false,
    observe: (chunk) => void chunks.push(chunk),
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
  let stopped = false;

  function endEvent(): void {
    const event = eventSchema.safeParse(parseJson(data.join("\n")));
    data = [];
    if (!event.success) return;
    if (event.data.type === "message_start") counts = merge(counts, event.data.message.usage);
    // Cumulative: the last one counts, and only what it names.
    else if (event.data.type === "message_delta") counts = counts && merge(counts, event.data.usage);
    else stopped = true;
  }

  function endLine(): void {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    line = "";
    if (text === "") endEvent();
    else if (text.startsWith("data:")) data.push(text.slice("data:".length));
  }

  return {
    get stopped() {
      return stopped;
    },
    observe(chunk) {
      const [first = "", ...more] = decoder.write(chunk).split("\n");
      line += first;
      for (const next of more) {
        endLine();
        line = next;
      }
    },
    finish() {
      // A cut may have come right behind a whole event's text: what it said was charged.
      endLine();
      endEvent();
      return counts;
    },
  };
}

function merge(before: TokenCounts | undefined, usage: z.infer<typeof usageSchema>): TokenCounts {
  return {
    inputTokens: usage.input_tokens ?? before?.inputTokens ?? 0,
    outputTokens: usage.output_tokens ?? before?.outputTokens ?? 0,
    cacheReadTokens: usage.cache_read_input_tokens ?? before?.cacheReadTokens ?? 0,
    cacheWriteTokens: usage.cache_creation_input_tokens ?? before?.cacheWriteTokens ?? 0,
  };
}
