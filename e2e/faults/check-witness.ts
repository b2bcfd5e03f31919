import { isDeepStrictEqual } from "node:util";
import { type RunEvent, runEventSchema } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun, isTerminal, type RunState, type RunStatus } from "@/lib/run/state";
import { sseFrame } from "@/server/realtime/sse-frames";

/** What one client got of a run, in the order in which it came. */
export type Testimony =
  | { kind: "socket"; name: string; events: readonly RunEvent[]; state: RunState }
  /** Whole frames as text; a frame that was cut off is none. */
  | { kind: "sse"; name: string; frames: readonly { seq: number; text: string }[] };

/** What a variation says when it is done, by its index; undefined where that is not written down. */
export type ExpectedText = (variation: number) => string | undefined;

const variationEnds = ["variation.completed", "variation.failed", "variation.cancelled"];
const runEnds: Record<string, RunStatus> = { "run.completed": "completed", "run.failed": "failed", "run.cancelled": "cancelled" };

/**
 * Everything that is wrong with a finished run, in words; empty when all is well. `log` is what the server's log says, `testimonies` what
 * clients saw of it. Pure.
 */
export function checkRun(log: readonly RunEvent[], testimonies: readonly Testimony[], expected: ExpectedText = () => undefined): string[] {
  return [
    ...checkForm(log),
    ...checkAttempts(log),
    ...checkStatus(log),
    ...checkTexts(log, expected),
    ...testimonies.flatMap((testimony) => checkTestimony(log, testimony).map((wrong) => `${testimony.name}: ${wrong}`)),
  ];
}

/** What a variation's last attempt said, without what was taken back. */
export function textOf(state: RunState, variation: number): string {
  const items = state.variations[variation]?.items ?? [];
  const begin = items.findLastIndex(({ kind }) => kind === "attempt") + 1;
  return items
    .slice(begin)
    .map((item) => (item.kind === "text" && !item.retracted ? item.text : ""))
    .join("");
}

function checkForm(log: readonly RunEvent[]): string[] {
  const problems: string[] = [];
  const runId = log[0]?.runId;
  if (log[0]?.event.type !== "run.created") problems.push(`the log begins with ${log[0]?.event.type ?? "nothing"}`);
  for (const [at, event] of log.entries()) {
    if (event.seq !== at + 1) problems.push(`the log has seq ${event.seq} at place ${at + 1}`);
    if (event.runId !== runId) problems.push(`seq ${event.seq} belongs to another run`);
    if (!runEventSchema.safeParse(event).success) problems.push(`seq ${event.seq} is not an event of the schema`);
  }
  return problems;
}

/** Every attempt that began has exactly one end, and nothing of it comes behind that; the gateway's bill may. */
function checkAttempts(log: readonly RunEvent[]): string[] {
  const problems: string[] = [];
  const begun = new Set<string>();
  const ended = new Set<string>();
  for (const { seq, variation, attempt, event } of log) {
    if (variation === undefined) continue;
    const name = `variation ${variation} attempt ${attempt ?? 0}`;
    begun.add(name);
    if (!ended.has(name)) {
      if (variationEnds.includes(event.type)) ended.add(name);
    } else if (variationEnds.includes(event.type)) problems.push(`${name} ends again at seq ${seq} (${event.type})`);
    else if (event.type !== "usage.recorded") problems.push(`${event.type} at seq ${seq} comes behind the end of ${name}`);
  }
  const created = log[0]?.event;
  if (created?.type === "run.created") created.variations.forEach((_, index) => begun.add(`variation ${index} attempt 0`));
  for (const name of begun) if (!ended.has(name)) problems.push(`${name} never ends`);
  return problems;
}

/** A run completed when one variation did, is cancelled when a person stopped it and none did, and failed otherwise. */
function checkStatus(log: readonly RunEvent[]): string[] {
  const problems: string[] = [];
  const state = fold(log);
  const open = state.variations.filter(({ status }) => !isTerminal(status));
  for (const { index, status } of open) problems.push(`variation ${index} is still ${status}`);
  const statuses = state.variations.map(({ status }) => status);
  const expected: RunStatus = statuses.includes("completed") ? "completed" : statuses.includes("cancelled") ? "cancelled" : "failed";
  if (state.status !== expected) problems.push(`the run is ${state.status} while its variations are ${statuses.join(", ")}`);
  let live = true;
  for (const { seq, event } of log) {
    if (event.type === "variation.requeued") live = true;
    if (runEnds[event.type] === undefined) continue;
    if (!live) problems.push(`the run ends again at seq ${seq} (${event.type})`);
    live = false;
  }
  if (live) problems.push("the run never ends");
  return problems;
}

function checkTexts(log: readonly RunEvent[], expected: ExpectedText): string[] {
  const state = fold(log);
  return state.variations.flatMap(({ index, status }) => {
    const wanted = status === "completed" ? expected(index) : undefined;
    const said = textOf(state, index);
    return wanted === undefined || said === wanted
      ? []
      : [`variation ${index} does not say what its script says: ${firstDifference(said, wanted)}`];
  });
}

function checkTestimony(log: readonly RunEvent[], testimony: Testimony): string[] {
  const seqs = (testimony.kind === "socket" ? testimony.events : testimony.frames).map(({ seq }) => seq);
  const problems: string[] = [];
  const wrong = seqs.findIndex((seq, at) => seq !== at + 1);
  if (wrong >= 0) problems.push(`got seq ${seqs[wrong]} where ${wrong + 1} was due`);
  if (seqs.length !== log.length) problems.push(`got ${seqs.length} events of ${log.length}`);
  if (testimony.kind === "sse") {
    const altered = testimony.frames.find(({ seq, text }) => {
      const event = log[seq - 1];
      return event === undefined || sseFrame(event) !== text;
    });
    if (altered !== undefined) problems.push(`frame ${altered.seq} is not what the log says`);
    return problems;
  }
  const altered = testimony.events.find((event) => !isDeepStrictEqual(event, log[event.seq - 1]));
  if (altered !== undefined) problems.push(`event ${altered.seq} (${altered.event.type}) is not what the log says`);
  if (!isDeepStrictEqual(testimony.state, fold(log))) problems.push("folded to another state than the log");
  return problems;
}

function fold(log: readonly RunEvent[]): RunState {
  return reduceRun(emptyRun(log[0]?.runId ?? ""), log);
}

function firstDifference(said: string, wanted: string): string {
  let at = 0;
  while (at < Math.min(said.length, wanted.length) && said[at] === wanted[at]) at += 1;
  const part = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 10), at + 40));
  return `at character ${at} ${part(said)} instead of ${part(wanted)} (${said.length} of ${wanted.length} characters)`;
}
