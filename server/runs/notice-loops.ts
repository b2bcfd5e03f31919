import { createHash, type Hash } from "node:crypto";
import type { AgentEvent } from "@/lib/run/events";
import type { Failure } from "@/lib/run/failures";

/** So many rounds in a row with the same calls and the same results are no progress: more than anybody polls for a slow build. */
export const MOST_ROUNDS = 20;
/** The longest cycle looked for, in calls: read, edit, undo, test. */
const LONGEST_CYCLE = 4;
/** Calls that were begun and never ended: what a hostile agent can make this keep. */
const MOST_OPEN = 256;

/** Watches one attempt's tool calls for repetition. */
export interface LoopWatch {
  /** Takes the next event; answers once, when the agent has repeated itself for too long. */
  push(event: AgentEvent): Failure | undefined;
}

interface Call {
  title: string;
  hash: Hash;
}

/**
 * An agent that makes the same calls with the same results over and over will not get anywhere; its dollars would. Looks at what is
 * stated of every call, whatever agent it is: tool, title, output and whether it worked. Output that changes is progress.
 */
export function noticeLoops(): LoopWatch {
  const open = new Map<string, Call>();
  /** Of the newest calls that ended, the oldest first. */
  const recent: { title: string; digest: string }[] = [];
  let told = false;

  function begin(callId: string, tool: string, title: string): void {
    open.delete(callId);
    open.set(callId, { title, hash: createHash("sha1").update(`${tool}\0${title}\0`) });
    const [oldest] = open.keys();
    if (open.size > MOST_OPEN && oldest !== undefined) open.delete(oldest);
  }

  function end(callId: string, ok: boolean): Failure | undefined {
    const call = open.get(callId);
    open.delete(callId);
    if (call === undefined) return undefined;
    recent.push({ title: call.title, digest: call.hash.update(`\0${ok}`).digest("hex") });
    if (recent.length > MOST_ROUNDS * LONGEST_CYCLE) recent.shift();
    const cycle = findCycle(recent.map(({ digest }) => digest));
    if (cycle === undefined || told) return undefined;
    told = true;
    return describe(recent.slice(-cycle).map(({ title }) => title));
  }

  return {
    push(event) {
      if (event.type === "tool.started") begin(event.callId, event.tool, event.title);
      else if (event.type === "tool.output") open.get(event.callId)?.hash.update(`${event.stream}\0${event.text}`);
      else if (event.type === "tool.finished") return end(event.callId, event.ok);
      return undefined;
    },
  };
}

/** Length of the cycle that the end of `digests` has gone through `MOST_ROUNDS` times. */
function findCycle(digests: readonly string[]): number | undefined {
  for (let length = 1; length <= LONGEST_CYCLE; length += 1) {
    const tail = digests.slice(-length * MOST_ROUNDS);
    if (tail.length === length * MOST_ROUNDS && tail.every((digest, at) => digest === tail[at % length])) return length;
  }
  return undefined;
}

function describe(titles: readonly string[]): Failure {
  const calls = titles.map((title) => `“${title}”`).join(", ");
  const again = titles.length === 1 ? "the same call" : `the same ${titles.length} calls`;
  return {
    code: "no_progress",
    message: `The agent repeated itself: ${again} with the same result, ${MOST_ROUNDS} times in a row. It was stopped so that it costs no more.`,
    remedy: "What it had written is kept. Retry, perhaps with instructions that say what to do where it was stuck, or with another model.",
    detail: calls.slice(0, 500),
  };
}
