import { setTimeout as pause } from "node:timers/promises";
import type Anthropic from "@anthropic-ai/sdk";
import type { TokenCounts } from "@/lib/pricing/prices";
import type { Failure } from "@/lib/run/failures";
import type { Emit } from "../emit";
import { type Answer, collectAnswer } from "./collect-answer";
import { diagnose, type ModelTrouble, retryDelay, startPatience } from "./retry-policy";
import type { WatchedClient } from "./watched-client";

/** Without a byte for this long the model hangs; a stream that lives sends pings. */
const IDLE_LIMIT_MS = 3 * 60_000;

/** The model's answer could not be had, after all retries. */
export class ModelFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** The conversation is longer than the model takes: it has to be made shorter first. */
export class PromptTooLong extends Error {}

/** The attempt's time is over. */
export class DeadlinePassed extends Error {}

/** `temperature` is gone from the library, since the newest models refuse it; others take it. */
export type ModelRequest = Omit<Anthropic.MessageCreateParamsStreaming, "stream"> & { temperature?: number };

export interface AskOptions {
  client: WatchedClient;
  emit: Emit;
  /** Names the answer's blocks: `t3` for the third turn. */
  name: string;
  /** Called for every try that was charged, also for those that broke off. */
  spend(counts: TokenCounts): void;
  /** Aborts when the attempt's time is over. */
  deadline: AbortSignal;
  /** False for what people need not read as it comes. */
  shows?: boolean;
}

/**
 * One answer of the model, streamed and retried; every retry is told, with the text it takes back. Rejects with `ModelFailed`,
 * `PromptTooLong` or `DeadlinePassed`.
 */
export async function askModel(request: ModelRequest, options: AskOptions): Promise<Answer> {
  const patience = startPatience();
  for (let attempt = 0; ; attempt += 1) {
    const shown = new Set<string>();
    try {
      return await tryOnce(request, options, attempt, shown, patience.reached);
    } catch (error) {
      if (options.deadline.aborted) throw new DeadlinePassed();
      const trouble = diagnose(error);
      if (trouble.tooLong) throw new PromptTooLong(trouble.message);
      const failures = patience.note(trouble);
      if (!trouble.retryable || patience.over()) throw new ModelFailed(failureOf(trouble, failures));
      const delayMs = retryDelay(trouble, failures, Math.random());
      options.emit({ type: "model.retried", status: trouble.status, message: trouble.message, delayMs, retracted: [...shown] });
      await pause(delayMs, undefined, { signal: options.deadline }).catch(() => {
        throw new DeadlinePassed();
      });
    }
  }
}

async function tryOnce(
  request: ModelRequest,
  { client, emit, name, spend, deadline, shows = true }: AskOptions,
  attempt: number,
  shown: Set<string>,
  reached: () => void,
): Promise<Answer> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), IDLE_LIMIT_MS);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), IDLE_LIMIT_MS);
    reached();
  };
  let counts: TokenCounts | undefined;
  client.listen(heard);
  try {
    const signal = AbortSignal.any([silence.signal, deadline]);
    const stream = await client.messages.create({ ...request, stream: true }, { signal });
    const said = (latest: TokenCounts): void => void (counts = latest);
    return await collectAnswer(stream, { emit: shows ? emit : () => undefined, prefix: `${name}.${attempt}`, shown, said });
  } finally {
    clearTimeout(timer);
    client.listen(undefined);
    if (counts !== undefined) spend(counts);
  }
}

function failureOf({ status, kind, message: said, retryable }: ModelTrouble, tries: number): Failure {
  if (kind === "budget") {
    // The gateway knows whose cap it is, or that a price is missing, and says what to do about it.
    const [message, ...advice] = said.split(/(?<=[.!?])\s+(?=[A-Z])/);
    const remedy = `${advice.join(" ") || "Raise the budget, or run again with a cheaper model."} What was done so far is kept.`;
    return { code: "budget", message: message || "The budget for model calls is used up.", remedy };
  }
  const often = tries > 1 ? `, ${tries} times in a row` : "";
  switch (kind) {
    case "connection":
      return {
        code: "model_error",
        message: retryable ? "The model could not be reached for ten minutes." : "The model's answer could not be read.",
        remedy: "Check the server and its provider, then run again. The tree is kept.",
        detail: said,
      };
    case "cut":
      return {
        code: "model_error",
        message: `The model's answer broke off${often}.`,
        remedy: "The provider or the network between has trouble: run again later, or choose another model. The tree is kept.",
        detail: said,
      };
    case "answer":
      return { code: "model_error", message: `The model answered ${status}${often}.`, remedy: remedyFor(status), detail: said };
  }
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
