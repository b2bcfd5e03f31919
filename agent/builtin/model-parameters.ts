import { type ModelEntry, modelEntry } from "@/lib/models/catalogue";
import type { AgentTask } from "@/lib/protocol/agent-task";
import type { ModelRequest } from "./ask-model";

/** Tokens of one answer: enough for a long file, short enough not to reserve a window. */
const MAX_ANSWER_TOKENS = 32_000;
/** Where thinking wants a number. */
const THINKING_BUDGET = 8_000;

/** The last version of the API that knows sampling parameters; the library's own refuses them for every model. */
const VERSION_WITH_TEMPERATURE = "2023-06-01";

/** The part of a request that depends on the model and the person's wishes. */
export interface ModelParameters {
  request: Pick<ModelRequest, "max_tokens" | "thinking" | "temperature">;
  entry: ModelEntry;
  /** The version of the API to speak; undefined for the library's own. */
  apiVersion: string | undefined;
  /** What was asked for and is not sent, in words for people. */
  dropped: string[];
}

/** Only what the model takes is sent: anything else would be refused, or silently mean something different. */
export function modelParameters({ model, temperature, images = [] }: AgentTask): ModelParameters {
  const entry = modelEntry(model);
  const dropped: string[] = [];
  const request: ModelParameters["request"] = { max_tokens: Math.min(MAX_ANSWER_TOKENS, entry.maxOutputTokens) };
  if (temperature !== undefined && entry.temperature === "no") {
    dropped.push(`Temperature ${temperature} was not sent: ${model} does not take it.`);
  } else if (temperature !== undefined) {
    request.temperature = temperature;
  }
  if (entry.thinking === "budget" && request.temperature !== undefined) {
    dropped.push(`${model} was not asked to think: it takes either thinking or a temperature, and temperature ${temperature} was set.`);
  } else if (entry.thinking === "budget") {
    request.thinking = { type: "enabled", budget_tokens: THINKING_BUDGET };
  } else if (entry.thinking !== "none") {
    request.thinking = { type: "adaptive", display: "summarized" };
  }
  if (images.length > 0 && !entry.images) {
    dropped.push(
      `${images.length === 1 ? "The image was" : `${images.length} images were`} not sent: ${model} is not known to take images.`,
    );
  }
  return { request, entry, apiVersion: entry.temperature === "no" ? undefined : VERSION_WITH_TEMPERATURE, dropped };
}
