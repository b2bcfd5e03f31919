import { APIConnectionError, APIError, APIUserAbortError } from "@anthropic-ai/sdk";
import { AnswerCut } from "./collect-answer";

/** What went wrong with a call to the model, in the terms of `model.retried`. */
export interface ModelTrouble {
  /** HTTP status, or 0 for a cut, refused or silent connection. */
  status: number;
  message: string;
  retryable: boolean;
  /** Milliseconds that the provider asked to wait. */
  retryAfterMs?: number;
}

/** Answers with an error status are tried this often before the variation fails. */
export const MAX_ERROR_ANSWERS = 6;
/** While the server is away the agent waits for it: it comes back and everything goes on. */
export const CONNECTION_PATIENCE_MS = 10 * 60_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;

/** Errors that come in mid-stream carry a type but no status. */
const STATUS_BY_TYPE: Record<string, number> = { overloaded_error: 529, rate_limit_error: 429, api_error: 500, timeout_error: 504 };

/** Any error of a call → what to do about it. */
export function diagnose(error: unknown): ModelTrouble {
  if (error instanceof AnswerCut) return { status: 0, message: error.message, retryable: true };
  if (error instanceof APIUserAbortError) return { status: 0, message: "the model was silent for too long", retryable: true };
  if (error instanceof APIConnectionError) return { status: 0, message: "the model cannot be reached", retryable: true };
  if (error instanceof APIError) {
    const status = error.status ?? STATUS_BY_TYPE[error.type ?? ""] ?? 0;
    const retryable = status === 0 || status === 408 || status === 409 || status === 429 || status >= 500;
    return { status, message: error.apiMessage ?? error.message, retryable, retryAfterMs: retryAfter(error.headers) };
  }
  const message = error instanceof Error ? error.message : String(error);
  // What undici throws when a body breaks off in the middle.
  const broken = /terminated|aborted|socket|ECONN|EPIPE|premature|fetch failed/i.test(message);
  return { status: 0, message: broken ? "the connection broke" : message, retryable: broken };
}

/** Exponential with jitter (`random` in 0…1), never less than the provider asked for. Connections come back quickly, so they are tried often. */
export function retryDelay(trouble: ModelTrouble, failures: number, random: number): number {
  const first = trouble.status === 0 ? FIRST_DELAY_MS / 4 : FIRST_DELAY_MS;
  const longest = trouble.status === 0 ? 2_000 : LONGEST_DELAY_MS;
  const delay = Math.min(longest, first * 2 ** (failures - 1)) * (0.75 + random / 2);
  return Math.round(Math.max(delay, trouble.retryAfterMs ?? 0));
}

function retryAfter(headers: Headers | undefined): number | undefined {
  const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(seconds, 600) * 1_000 : undefined;
}
