import { sinceFollowUp } from "../follow-up-request";
import type { Pace } from "../message-reply";
import { assistantTurns, type MessagesRequest } from "../messages-request";
import type { Model } from "../model";
import { promptOf, toolResults } from "./conversation";
import { demoRun } from "./demo-run";
import type { DemoTurn } from "./demo-turn";

/** A run that is longer has gone astray. */
const MOST_TURNS = 30;
/** What a reader can follow; `speed` scales both. */
const DELTA_MS = 22;
const PAUSE_MS = 1_000;

const THINKING =
  "I am a script, so this is not really thinking. I look at the files first, then decide by what they are which of my few tricks fits.";

/** The model that answers where no provider is set. `speed` 0 leaves out all waiting. */
export function createDemoModel(speed = 1): Model {
  const pace: Pace = { delayMs: DELTA_MS * speed, split: inWords };
  return async ({ request: whole, variation, reply }) => {
    const { request } = sinceFollowUp(whole);
    const turn = demoTurn(request, variation);
    await reply.pause(PAUSE_MS * speed);
    if (assistantTurns(request) === 0 && request.thinking !== undefined && request.thinking.type !== "disabled") {
      await reply.thinking(THINKING, pace);
    }
    await reply.text(turn.text, pace);
    for (const { name, input } of turn.tools) await reply.tool(name, input, pace);
    await reply.end();
  };
}

/** What to say next, from the request alone: the run is played again up to this turn. */
export function demoTurn(request: MessagesRequest, variation: number): DemoTurn {
  const offered = new Set(request.tools.map(({ name }) => name));
  const offers = (tool: string): boolean => offered.has(tool);
  const past = toolResults(request);
  const over: DemoTurn = { text: "That is all I have to do.", tools: [] };
  if (past.length >= MOST_TURNS) return over;
  const run = demoRun({ prompt: promptOf(request), variation, offers });
  let step = run.next();
  let turn = 0;
  while (!step.done) {
    const tools = step.value.tools.filter(({ name }) => offers(name));
    const summary = step.value.tools.find(({ name }) => name === "finish")?.input.summary;
    if (typeof summary === "string" && !offers("finish")) {
      return turn === past.length ? { text: `${step.value.text}\n\n${summary}`, tools: [] } : over;
    }
    // A turn that can do nothing would end the run: it is skipped.
    if (tools.length === 0) {
      step = run.next([]);
      continue;
    }
    if (turn === past.length) return { text: step.value.text, tools };
    step = run.next(past[turn] ?? []);
    turn += 1;
  }
  return over;
}

/** Three words to a delta. */
function inWords(text: string): string[] {
  return text.match(/(?:\s*\S+){1,3}\s*/g) ?? [text];
}
