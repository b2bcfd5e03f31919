import { ApiError } from "./api-error";
import type { MessageReply, Pace } from "./message-reply";
import { assistantTurns } from "./messages-request";
import type { Model } from "./model";
import { fillIn, readScenario, type Step, stepsOf } from "./scenario";

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};
/** More than any test starts; bounds what is remembered. */
const REMEMBERED = 10_000;

/** Plays the scenarios in `dir`. It remembers only how often each turn's errors and cuts have happened. */
export function createScriptedModel(dir: string | undefined): Model {
  const happened = new Map<string, number>();

  /** True for the first `times` calls of this step, by this attempt, in this turn. */
  function still(key: string, times: number): boolean {
    const before = happened.get(key) ?? 0;
    if (before >= times) return false;
    if (happened.size >= REMEMBERED) happened.clear();
    happened.set(key, before + 1);
    return true;
  }

  return async ({ request, variation, attempt, reply }) => {
    const name = request.model.slice("script:".length);
    const turn = assistantTurns(request);
    const steps = stepsOf(await readScenario(dir, name), variation, turn);
    if (steps === undefined) {
      await reply.text("Done.", inChunks(12, 5));
      return reply.end();
    }
    for (const [position, step] of fillIn(steps, variation).entries()) {
      const key = `${attempt} ${name} ${turn} ${position}`;
      if ("error" in step) {
        if (still(key, step.error.times)) return reply.fail(toApiError(step.error));
      } else if ("cut" in step) {
        if (still(key, 1)) return reply.cut();
      } else if ("malformed" in step) {
        if (still(key, 1)) await reply.malformedTool();
      } else {
        await play(step, reply);
      }
    }
    return reply.end();
  };
}

async function play(step: Step, reply: MessageReply): Promise<void> {
  if ("text" in step) return reply.text(step.text, inChunks(step.chunk, step.delayMs));
  if ("thinking" in step) return reply.thinking(step.thinking, inChunks(step.chunk, step.delayMs));
  if ("tool" in step) return reply.tool(step.tool, step.input, inChunks(step.chunk, step.delayMs));
  if ("repeat" in step) {
    const { text, times, from, delayMs } = step.repeat;
    const ticks = Array.from({ length: times }, (_, index) => text.replaceAll("{n}", String(index + from)));
    return reply.text(ticks.join(""), { split: () => ticks, delayMs });
  }
  if ("hang" in step) return reply.hang();
  if ("delayMs" in step) return reply.pause(step.delayMs);
}

function toApiError({ status, type, message, retryAfter }: Extract<Step, { error: object }>["error"]): ApiError {
  return new ApiError(
    status,
    type ?? ERROR_TYPES[status] ?? "api_error",
    message ?? `The scripted model answers ${status}.`,
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) },
  );
}

/** Deltas of this many characters; a character of two code units stays whole. */
function inChunks(size: number, delayMs: number): Pace {
  return {
    delayMs,
    split(text) {
      const characters = [...text];
      return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
        characters.slice(index * size, (index + 1) * size).join(""),
      );
    },
  };
}
