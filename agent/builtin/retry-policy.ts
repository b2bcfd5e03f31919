import { APIConnectionError, APIError, APIUserAbortError } from "@anthropic-ai/sdk";
import { AnswerCut } from "./collect-answer";

/** What went wrong with a call to the model, in the terms of `model.retried`. */
export interface ModelTrouble {
  /**
   * `answer`: an error status or an `error` event. `cut`: an answer began and broke off, which costs money each time. `connection`: nothing
   * was heard at all. `budget`: the gateway allows no further call.
   */
  kind: "answer" | "cut" | "connection" | "budget";
  /** HTTP status, or 0 for a cut, refused or silent connection. */
  status: number;
  message: string;
  retryable: boolean;
  /** The conversation is longer than the model takes. */
  tooLong: boolean;
  /** Milliseconds that the provider asked to wait. */
  retryAfterMs?: number;
}

/** Error answers, and answers that broke off, are tried this often before the variation fails. */
export const MAX_ERROR_ANSWERS = 8;
/** While the server is away the agent waits for it: it comes back and everything goes on. */
export const CONNECTION_PATIENCE_MS = 10 * 60_000;
/** Who says when to come back is believed for this long in all: a circuit breaker may hold a run for a while. */
export const TOLD_PATIENCE_MS = 30 * 60_000;
const ANSWER_DELAYS_MS = { first: 1_000, longest: 30_000 };
/** Connections come back quickly, so they are tried often. */
const CONNECTION_DELAYS_MS = { first: 250, longest: 2_000 };
/** Who is told to come back at once, again and again, still does not hammer. */
const TOLD_LEAST_MS = 2_000;
/** A told wait is lengthened by up to this much, so that five agents do not come back in the same moment. */
const TOLD_JITTER_MS = 1_000;

/** Errors that come in mid-stream carry a type but no status. */
const STATUS_BY_TYPE: Record<string, number> = {
  overloaded_error: 529,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  invalid_request_error: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  budget_exceeded: 402,
};

/** Any error of a call → what to do about it. */
export function diagnose(error: unknown): ModelTrouble {
  const broken = (kind: "cut" | "connection", message: string, retryable = true): ModelTrouble => ({
    kind,
    status: 0,
    message,
    retryable,
    tooLong: false,
  });
  if (error instanceof AnswerCut) return broken("cut", error.message);
  if (error instanceof SyntaxError) return broken("cut", "the answer could not be read");
  if (error instanceof APIUserAbortError) return broken("connection", "the model was silent for too long");
  if (error instanceof APIConnectionError) return broken("connection", "the model cannot be reached");
  if (error instanceof APIError) return diagnoseAnswer(error);
  const message = error instanceof Error ? error.message : String(error);
  // What undici throws when a body breaks off in the middle.
  const torn = /terminated|aborted|socket|ECONN|EPIPE|premature|fetch failed/i.test(message);
  return torn ? broken("cut", "the connection broke") : broken("connection", message, false);
}

function diagnoseAnswer(error: APIError): ModelTrouble {
  // Not `error.type` alone: the library knows the provider's types, not the gateway's.
  const type = error.type ?? typeIn(error.error);
  const status = error.status ?? STATUS_BY_TYPE[type ?? ""] ?? 0;
  const message = error.apiMessage ?? error.message;
  const budget = type === "budget_exceeded" || status === 402;
  const retryable = !budget && (status === 0 || status === 408 || status === 409 || status === 429 || status >= 500);
  return {
    kind: budget ? "budget" : status === 0 ? "cut" : "answer",
    status,
    message,
    retryable,
    tooLong: status === 413 || (status === 400 && /prompt is too long|context (window|length)|too many (input )?tokens/i.test(message)),
    retryAfterMs: retryAfter(error.headers),
  };
}

function typeIn(body: unknown): string | undefined {
  const error = body !== null && typeof body === "object" && "error" in body ? body.error : undefined;
  const type = error !== null && typeof error === "object" && "type" in error ? error.type : undefined;
  return typeof type === "string" ? type : undefined;
}

/** How long one answer is waited for. */
export interface Patience {
  /** The model was heard: connections are good again. */
  reached(): void;
  /** Takes one failure; answers how many there were. */
  note(trouble: ModelTrouble): number;
  /** True when no further try is worth while. */
  over(): boolean;
}

/** `now` in milliseconds. */
export function startPatience(now: () => number = () => performance.now()): Patience {
  const start = now();
  let heardAt = start;
  let failures = 0;
  let untold = 0;
  let last: ModelTrouble | undefined;
  return {
    reached() {
      heardAt = now();
    },
    note(trouble) {
      failures += 1;
      last = trouble;
      if (trouble.kind === "answer") heardAt = now();
      const told = trouble.retryAfterMs !== undefined && (trouble.status === 429 || trouble.status === 529);
      if (!told && trouble.kind !== "connection") untold += 1;
      return failures;
    },
    over() {
      if (last?.kind === "connection") return now() - heardAt >= CONNECTION_PATIENCE_MS;
      return untold >= MAX_ERROR_ANSWERS || now() - start >= TOLD_PATIENCE_MS;
    },
  };
}

/** Exponential with jitter (`random` in 0…1); or as long as the provider asked for, and a little more. */
export function retryDelay(trouble: ModelTrouble, failures: number, random: number): number {
  const { first, longest } = trouble.status === 0 ? CONNECTION_DELAYS_MS : ANSWER_DELAYS_MS;
  const delay = Math.min(longest, first * 2 ** (failures - 1)) * (0.75 + random / 2);
  const told = trouble.retryAfterMs;
  if (told === undefined) return Math.round(delay);
  return Math.round(Math.max(Math.min(delay, TOLD_LEAST_MS), told + random * Math.min(TOLD_JITTER_MS, told / 4)));
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, 10.2.3), ten minutes at most. */
function retryAfter(headers: Headers | undefined): number | undefined {
  const ms = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(ms)) return bounded(ms);
  const value = headers?.get("retry-after");
  if (value === null || value === undefined) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return bounded(seconds * 1_000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : bounded(date - Date.now());
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, 0), 10 * 60_000);
}
