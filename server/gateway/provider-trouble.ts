import { z } from "zod";
import { parseJson } from "@/lib/parse-json";

/** What an error answer of a provider means for the calls after it. */
export type Trouble =
  /** Rate or quota: no other call would fare better for a while. */
  | { kind: "limit"; reason: string; retryAfterMs?: number }
  /** This model or this moment: another model may answer. */
  | { kind: "model" }
  /** The request itself. */
  | { kind: "request" };

const errorSchema = z.object({ error: z.object({ type: z.string().default(""), message: z.string().default("") }) });
const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;
const LIMIT_TYPES = new Set(["rate_limit_error", "overloaded_error", "billing_error"]);
const OUT_OF_MONEY = /credit balance|(exceeded|insufficient)[ _].{0,30}quota/i;

/** Reads an error answer: by status, and by what its body says where the status says little. `now` in ms since the epoch. */
export function diagnoseAnswer(status: number, headers: Record<string, string | string[]>, body: Buffer, now: number): Trouble {
  const said = errorSchema.safeParse(parseJson(body.toString("utf8"))).data?.error ?? { type: "", message: "" };
  // Another gateway's budget, in front of the provider: waiting does not fill it.
  if (said.type === "budget_exceeded") return { kind: "request" };
  const broke = status >= 400 && status < 500 && said.type !== "not_found_error" && OUT_OF_MONEY.test(said.message);
  if (status === 429 || status === 529 || status === 402 || LIMIT_TYPES.has(said.type) || broke) {
    return { kind: "limit", reason: reasonOf(status, said), retryAfterMs: retryAfter(headers["retry-after"], now) };
  }
  if (status === 503 && headers["retry-after"] !== undefined) {
    return { kind: "limit", reason: reasonOf(status, said), retryAfterMs: retryAfter(headers["retry-after"], now) };
  }
  return status >= 500 || status === 404 || status === 408 ? { kind: "model" } : { kind: "request" };
}

/** An error event in mid-stream that says the same as 429 or 529 would have said at its begin. */
export function diagnoseEvent(type: string): Trouble {
  return LIMIT_TYPES.has(type) ? { kind: "limit", reason: `The provider broke an answer off: ${type}.` } : { kind: "model" };
}

function reasonOf(status: number, { type, message }: { type: string; message: string }): string {
  const what =
    status === 529 || type === "overloaded_error"
      ? "The provider is overloaded"
      : status === 402 || type === "billing_error" || OUT_OF_MONEY.test(message)
        ? "The provider's account has no money or quota left"
        : "The provider's rate limit is reached";
  return `${what} (${status})${message === "" ? "." : `: ${message.slice(0, 300)}`}`;
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3) → ms from now. */
function retryAfter(value: string | string[] | undefined, now: number): number | undefined {
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : undefined;
}
