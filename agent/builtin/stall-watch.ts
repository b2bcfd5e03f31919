import { createHash } from "node:crypto";
import type { Failure } from "@/lib/run/failures";
import type { ToolCall } from "./collect-answer";
import type { ToolResult } from "./tools/tool";

/** The same call with the same result this often in a row: first a word to the model, then the end. */
const REPEATS = { told: 3, stopped: 5 };
/** A cycle of 2…`longest` turns, gone through this often. */
const CYCLES = { longest: 6, told: 3, stopped: 4 };
/** Turns in a row in which nothing new was called or seen. */
const IDLE_TURNS = { told: 5, stopped: 10 };
const REMEMBERED_TURNS = CYCLES.longest * CYCLES.stopped;

/** What is to be done about an agent that turns in circles. */
export type Verdict = { kind: "fine" } | { kind: "told"; hint: string } | { kind: "stopped"; failure: Failure };

export interface TurnRecord {
  call: ToolCall;
  result: ToolResult;
}

/** Watches what an agent calls and gets, turn by turn; see docs/decisions/012. */
export interface StallWatch {
  /** One finished turn; without calls for an answer that ended in nothing. */
  turn(records: readonly TurnRecord[]): Verdict;
}

export function createStallWatch(): StallWatch {
  const seen = new Set<string>();
  const turns: string[] = [];
  let lastCall = "";
  let repeats = 0;
  let idle = 0;

  function countRepeats(prints: readonly string[]): void {
    for (const print of prints) {
      repeats = print === lastCall ? repeats + 1 : 1;
      lastCall = print;
    }
  }

  return {
    turn(records) {
      // Waiting for a process that works is no standstill.
      if (records.some(({ result }) => result.waited === true)) return { kind: "fine" };
      const prints = records.map(fingerprint);
      countRepeats(prints);
      idle = prints.some((print) => !seen.has(print)) ? 0 : idle + 1;
      for (const print of prints) seen.add(print);
      turns.push(prints.join(" "));
      if (turns.length > REMEMBERED_TURNS) turns.shift();
      const name = records.at(-1)?.call.name ?? "";
      return judge({ repeats: prints.length === 0 ? 0 : repeats, cycle: cycleAtEnd(turns), idle, name });
    },
  };
}

interface Standing {
  repeats: number;
  cycle: { length: number; rounds: number };
  idle: number;
  name: string;
}

function judge({ repeats, cycle, idle, name }: Standing): Verdict {
  if (repeats >= REPEATS.stopped)
    return stopped(`It called ${name} ${repeats} times in a row with the same input and got the same result.`);
  if (cycle.rounds >= CYCLES.stopped) return stopped(`It went through the same ${cycle.length} steps ${cycle.rounds} times.`);
  if (idle >= IDLE_TURNS.stopped) return stopped(`Nothing new was done or seen in ${idle} turns.`);
  const hint = "If you are done, call finish; otherwise try something else.";
  if (repeats === REPEATS.told) return { kind: "told", hint: `You called this ${repeats} times with the same result. ${hint}` };
  if (cycle.rounds === CYCLES.told) return { kind: "told", hint: `You are repeating the same ${cycle.length} steps. ${hint}` };
  if (idle === IDLE_TURNS.told) return { kind: "told", hint: `Nothing new has come of your last ${idle} turns. ${hint}` };
  return { kind: "fine" };
}

function stopped(cause: string): Verdict {
  const remedy = "What was done so far is kept. Put the prompt more precisely, add what it could not find out, or choose another model.";
  return { kind: "stopped", failure: { code: "no_progress", message: `The agent turned in circles and was stopped. ${cause}`, remedy } };
}

/** The shortest cycle at the end of the list that is at least two turns long, and how often it stands there in a row. */
function cycleAtEnd(turns: readonly string[]): { length: number; rounds: number } {
  for (let length = 2; length <= CYCLES.longest; length += 1) {
    const last = turns.slice(-length);
    // A repeated single turn is not a cycle: it is counted elsewhere. Turns without calls are idle ones.
    if (last.length < length || new Set(last).size === 1 || last.includes("")) continue;
    let rounds = 1;
    while (sameTurns(turns.slice(-(rounds + 1) * length, -rounds * length), last)) rounds += 1;
    if (rounds >= CYCLES.told) return { length, rounds };
  }
  return { length: 0, rounds: 0 };
}

function sameTurns(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((turn, at) => turn === other[at]);
}

function fingerprint({ call, result }: TurnRecord): string {
  const text = `${call.name}\0${stable(call.input)}\0${call.broken ?? ""}\0${result.ok}\0${withoutClock(result.content)}`;
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

/** The order of an input's fields says nothing. */
function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) =>
      part !== null && typeof part === "object" && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
        : part,
    ) ?? ""
  );
}

/** Test runs print how long they took: without clocks and durations the same result is the same text. */
function withoutClock(text: string): string {
  return text
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*/g, "<time>")
    .replace(/\b\d\d:\d\d:\d\d(\.\d+)?\b/g, "<time>")
    .replace(/\b\d+(\.\d+)?\s?(ns|µs|us|ms|s|sec|secs|seconds|m|min|minutes)\b/g, "<time>");
}
