import type { AgentEvent } from "@/lib/run/events";
import type { OutputStage } from "./bound-output";

/** Of one attempt; sizes in characters (UTF-16 units) of JSON. */
export interface FactLimits {
  /** Calls, changed files and retries of the model. */
  steps: number;
  stepEvents: number;
  /** Plans, warnings and whatever else is only shown. */
  notices: number;
  noticeEvents: number;
}

/**
 * Bounds the events of one attempt that are no stretch of text. There are two budgets, so that a flood of warnings takes no call from its
 * transcript. What goes beyond one is dropped, with one `output.truncated` when that begins and one with the rest at `flush`. Two things
 * stay right however much was dropped: a call that is in the log gets its end, without the summary, and the last plan comes with `flush`.
 * Memory: one plan, and the ids of the calls that are open.
 */
export function boundFacts(limits: FactLimits): OutputStage {
  const steps = createBudget(limits.steps, limits.stepEvents);
  const notices = createBudget(limits.notices, limits.noticeEvents);
  const open = new Set<string>();
  let plan: AgentEvent | undefined;

  function within(budget: Budget, event: AgentEvent): AgentEvent[] {
    const size = budget.take(event);
    return size === 0 ? [event] : budget.drop(size);
  }

  function started(event: Extract<AgentEvent, { type: "tool.started" }>): AgentEvent[] {
    const size = steps.take(event);
    if (size > 0) return steps.drop(size);
    open.add(event.callId);
    return [event];
  }

  function finished(event: Extract<AgentEvent, { type: "tool.finished" }>): AgentEvent[] {
    const shown = open.delete(event.callId);
    const size = steps.take(event);
    if (size === 0) return [event];
    if (!shown) return steps.drop(size);
    return event.summary === undefined ? [event] : [...steps.drop(event.summary.length), { ...event, summary: undefined }];
  }

  function planned(event: AgentEvent): AgentEvent[] {
    if (notices.take(event) === 0) return [event];
    const before = plan;
    plan = event;
    return before === undefined ? [] : notices.drop(sizeOf(before));
  }

  return {
    push(event) {
      switch (event.type) {
        case "tool.started":
          return started(event);
        case "tool.finished":
          return finished(event);
        case "file.changed":
        // It takes back what a broken answer had said.
        case "model.retried":
          return within(steps, event);
        case "plan.updated":
          return planned(event);
        default:
          return within(notices, event);
      }
    },
    flush: () => [...steps.end(), ...notices.end(), ...(plan === undefined ? [] : [plan])],
  };
}

interface Budget {
  /** 0 when the event is within it, else its size. Once something was not, nothing is: what is left out is one stretch, up to the end. */
  take(event: AgentEvent): number;
  /** Counts what was dropped; answers the note when it is the first. */
  drop(size: number): AgentEvent[];
  /** The note on what was dropped since the first. */
  end(): AgentEvent[];
}

function createBudget(characters: number, events: number): Budget {
  let used = 0;
  let count = 0;
  let full = false;
  let told = false;
  let dropped = 0;
  const note = (droppedBytes: number): AgentEvent => ({ type: "output.truncated", droppedBytes, limitBytes: characters });

  return {
    take(event) {
      const size = sizeOf(event);
      full ||= used + size > characters || count >= events;
      if (full) return size;
      used += size;
      count += 1;
      return 0;
    },
    drop(size) {
      if (!told) {
        told = true;
        return [note(size)];
      }
      dropped += size;
      return [];
    },
    end: () => (dropped > 0 ? [note(dropped)] : []),
  };
}

function sizeOf(event: AgentEvent): number {
  return JSON.stringify(event).length;
}
