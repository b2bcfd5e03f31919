import { ApiError } from "./api-error";
import { promptOf, toolResults } from "./demo-model/conversation";
import { sinceFollowUp } from "./follow-up-request";
import type { MessageReply, Pace } from "./message-reply";
import { assistantTurns } from "./messages-request";
import type { Model } from "./model";
import { fillIn, holds, type Moment, readScenario, stepsOf } from "./scenario";
import type { Step } from "./scenario-schema";

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

  return async ({ request: whole, variation, attempt, reply }) => {
    const { request, followUp } = sinceFollowUp(whole);
    const name = request.model.slice("script:".length);
    const turn = assistantTurns(request);
    const scenario = await readScenario(dir, name);
    const steps = stepsOf(scenario, variation, turn, followUp);
    if (steps === undefined) {
      await reply.text("Done.", inChunks(12, 5));
      return reply.end();
    }
    const moment: Moment = { variation, turn, followUp, prompt: promptOf(request), results: toolResults(request).at(-1) ?? [] };
    for (const [position, unfilled] of steps.entries()) {
      if (!holds(unfilled.when, moment)) continue;
      const step = fillIn(unfilled, variation, moment);
      const random = seeded(`${scenario.seed} ${variation} ${turn} ${position}`);
      if (await disturb(step, reply, (times) => still(`${attempt} ${name} ${turn} ${position}`, times))) return;
      await play(step, reply, random);
    }
    return reply.end();
  };
}

/** Errors and broken connections, as often as they are due; true when the answer is over. */
async function disturb(step: Step, reply: MessageReply, isDue: (times: number) => boolean): Promise<boolean> {
  if ("error" in step) {
    if (!isDue(step.error.times)) return false;
    await reply.fail(toApiError(step.error), step.error.as === "event");
    return true;
  }
  if ("reset" in step) {
    if (!isDue(step.reset === true ? 1 : step.reset.times)) return false;
    await reply.reset();
    return true;
  }
  if ("cut" in step) {
    const { in: block, times } = step.cut === true ? { in: "text" as const, times: 1 } : step.cut;
    if (!isDue(times)) return false;
    await reply.cut(block);
    return true;
  }
  if ("malformed" in step) {
    const { tool, json, times } = step.malformed === true ? { tool: "write", json: undefined, times: 1 } : step.malformed;
    if (isDue(times)) await reply.malformedTool(tool, json);
  }
  return false;
}

async function play(step: Step, reply: MessageReply, random: () => number): Promise<void> {
  if ("text" in step) return reply.text(step.text, inChunks(step.chunk, step.delayMs, step.jitterMs, random));
  if ("thinking" in step) return reply.thinking(step.thinking, inChunks(step.chunk, step.delayMs, step.jitterMs, random));
  if ("tool" in step) return reply.tool(step.tool, step.input, inChunks(step.chunk, step.delayMs, step.jitterMs, random));
  if ("tools" in step) {
    for (const { tool, input } of step.tools) await reply.tool(tool, input, inChunks(step.chunk, step.delayMs, step.jitterMs, random));
  } else if ("repeat" in step) {
    const { text, times, from, delayMs } = step.repeat;
    const ticks = Array.from({ length: times }, (_, index) => text.replaceAll("{n}", String(index + from)));
    return reply.text(ticks.join(""), { split: () => ticks, delayMs });
  } else if ("event" in step) return reply.event(step.event, step.data);
  else if ("usage" in step) reply.setUsage(step.usage);
  else if ("stop" in step) reply.setStop(step.stop, step.sequence);
  else if ("hang" in step) return step.hang === true ? reply.hang() : reply.silence(step.hang * 1_000);
  else if ("delayMs" in step) return reply.pause(step.delayMs + Math.round(step.jitterMs * random()));
}

function toApiError({ status, type, message, retryAfter }: Extract<Step, { error: object }>["error"]): ApiError {
  return new ApiError(
    status,
    type ?? ERROR_TYPES[status] ?? "api_error",
    message ?? `The scripted model answers ${status}.`,
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) },
  );
}

/** Deltas of this many characters; a character of two code units stays whole. Up to `jitterMs` is added to each wait. */
function inChunks(size: number, delayMs: number, jitterMs = 0, random: () => number = () => 0): Pace {
  return {
    delayMs,
    ...(jitterMs > 0 ? { jitter: () => Math.round(jitterMs * random()) } : {}),
    split(text) {
      const characters = [...text];
      return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
        characters.slice(index * size, (index + 1) * size).join(""),
      );
    },
  };
}

/** Numbers in 0…1 that follow from a text: mulberry32 over an FNV-1a hash. */
function seeded(text: string): () => number {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
