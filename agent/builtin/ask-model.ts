import { setTimeout as pause } from "node:timers/promises";
import type Anthropic from "@anthropic-ai/sdk";
import type { Failure } from "@/lib/run/failures";
import type { Emit } from "../emit";
import { type Answer, collectAnswer } from "./collect-answer";
import { CONNECTION_PATIENCE_MS, diagnose, MAX_ERROR_ANSWERS, type ModelTrouble, retryDelay } from "./retry-policy";

/** Without a byte for this long the model hangs; a stream that lives sends pings. */
const IDLE_LIMIT_MS = 3 * 60_000;

/** The model's answer could not be had, after all retries. */
export class ModelFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** One turn of the model, streamed and retried; every retry is told, with the text it takes back. Rejects with `ModelFailed`. */
export async function askModel(
  client: Anthropic,
  request: Omit<Anthropic.MessageCreateParamsStreaming, "stream">,
  emit: Emit,
  turn: number,
): Promise<Answer> {
  let errorAnswers = 0;
  let failures = 0;
  let reachable = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    const shown = new Set<string>();
    const idle = new AbortController();
    let timer = setTimeout(() => idle.abort(), IDLE_LIMIT_MS);
    try {
      const stream = await client.messages.create({ ...request, stream: true }, { signal: idle.signal });
      const watched = watch(stream, () => {
        clearTimeout(timer);
        timer = setTimeout(() => idle.abort(), IDLE_LIMIT_MS);
        reachable = performance.now();
      });
      return await collectAnswer(watched, emit, `t${turn}.${attempt}`, shown);
    } catch (error) {
      const trouble = diagnose(error);
      failures += 1;
      if (trouble.status !== 0) {
        errorAnswers += 1;
        reachable = performance.now();
      }
      const patient = trouble.status === 0 ? performance.now() - reachable < CONNECTION_PATIENCE_MS : errorAnswers < MAX_ERROR_ANSWERS;
      if (!trouble.retryable || !patient) throw new ModelFailed(failureOf(trouble, failures));
      const delayMs = retryDelay(trouble, failures, Math.random());
      emit({ type: "model.retried", status: trouble.status, message: trouble.message, delayMs, retracted: [...shown] });
      await pause(delayMs);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function* watch<T>(source: AsyncIterable<T>, seen: () => void): AsyncIterable<T> {
  for await (const item of source) {
    seen();
    yield item;
  }
}

function failureOf({ status, message, retryable }: ModelTrouble, tries: number): Failure {
  if (status === 0) {
    return {
      code: "model_error",
      message: retryable ? "The model could not be reached for ten minutes." : "The model's answer could not be read.",
      remedy: "Check the server and its provider, then run again. The tree is kept.",
      detail: message,
    };
  }
  const often = tries > 1 ? `, ${tries} times in a row` : "";
  return { code: "model_error", message: `The model answered ${status}${often}.`, remedy: remedyFor(status), detail: message };
}

function remedyFor(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return "Check ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL of the server, then run again.";
    case 404:
      return "The provider does not know this model: choose another one.";
    case 413:
      return "The conversation became too long for the model: ask for less, or split the task.";
    case 429:
      return "The provider's limit is reached: wait a little and run again, or choose another model.";
    default:
      return status >= 500
        ? "The provider has trouble: run again later, or choose another model."
        : "Read the detail, change the line-up and run again.";
  }
}
