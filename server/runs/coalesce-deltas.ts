import type { AgentEvent } from "@/lib/run/events";

/** One window: deltas that arrive within it become one event. Below what an eye sees, above what a database minds. */
export const COALESCE_WINDOW_MS = 40;
/** A batch is cut early when it holds this many characters of text: nothing grows without bound behind a slow disk. */
const BATCH_CHARACTERS = 64_000;

export interface CoalescedBatch {
  events: AgentEvent[];
  /** Number of the last line that is in this batch. */
  line: number;
}

/**
 * The one place that coalesces. The first event after a quiet window leaves at once, what follows is collected for a window; neighbouring
 * deltas of one block (or outputs of one call) become one event; order is kept and nothing is dropped.
 */
export interface DeltaCoalescer {
  /** What came of one line; never cut apart, so that the cursor tells what is stored. */
  push(events: readonly AgentEvent[], line: number): void;
  /** Hands over what is collected and waits until everything handed over has been taken. */
  flush(): Promise<void>;
}

/**
 * `take` is called with one batch at a time, in order; the next waits for it. When it rejects, that error is what `flush` rejects with,
 * and nothing more is handed over.
 */
export function coalesceDeltas(take: (batch: CoalescedBatch) => Promise<void>, windowMs: number = COALESCE_WINDOW_MS): DeltaCoalescer {
  let events: AgentEvent[] = [];
  let characters = 0;
  let line = 0;
  let timer: NodeJS.Timeout | undefined;
  let quietSince = -Infinity;
  let chain: Promise<void> = Promise.resolve();
  let failed = false;

  function handOver(): void {
    clearTimeout(timer);
    timer = undefined;
    if (events.length === 0) return;
    const batch = { events, line };
    events = [];
    characters = 0;
    quietSince = performance.now();
    chain = chain.then(() => (failed ? undefined : take(batch)));
    chain.catch(() => {
      failed = true;
    });
  }

  return {
    push(added, at) {
      if (added.length === 0) return;
      for (const event of added) {
        const last = events.at(-1);
        const merged = last === undefined ? undefined : mergeDeltas(last, event);
        if (merged === undefined) events.push(event);
        else events[events.length - 1] = merged;
        characters += "text" in event ? event.text.length : 0;
      }
      line = at;
      // Counted from the last batch, not from the first event after it: in a steady stream nobody waits longer than a window.
      const left = windowMs - (performance.now() - quietSince);
      if (characters >= BATCH_CHARACTERS || (timer === undefined && left <= 0)) handOver();
      else timer ??= setTimeout(handOver, left);
    },
    flush() {
      handOver();
      return chain;
    },
  };
}

/** Two neighbours as one event, when they belong to the same block or call; else undefined. */
export function mergeDeltas(first: AgentEvent, second: AgentEvent): AgentEvent | undefined {
  switch (first.type) {
    case "text.delta":
    case "thinking.delta":
      return second.type === first.type && second.block === first.block ? { ...first, text: first.text + second.text } : undefined;
    case "tool.output":
      return second.type === "tool.output" && second.callId === first.callId && second.stream === first.stream
        ? { ...first, text: first.text + second.text }
        : undefined;
    default:
      return undefined;
  }
}
