import { createStore, type StoreApi } from "zustand/vanilla";
import type { RunEvent } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import type { RunState } from "@/lib/run/state";

/** Calls `flush` once, soon; several requests before that are one. */
export type Schedule = (flush: () => void) => void;

export interface RunStore extends Pick<StoreApi<RunState>, "getState" | "getInitialState" | "subscribe"> {
  /** Folds what is new. `gap`: an event before these is missing, and nothing after the hole was folded. */
  apply(events: readonly RunEvent[]): { gap: boolean };
  /** Highest `seq` folded in; may be ahead of `getState()`, which follows with the next frame. */
  lastSeq(): number;
  /** The state with every event folded in that came; readers who draw want `getState()`. */
  folded(): RunState;
}

/** A run as a store: events are folded at once, readers are told at most once per `schedule`. */
export function createRunStore({ initial, schedule }: { initial: RunState; schedule: Schedule }): RunStore {
  const store = createStore<RunState>(() => initial);
  let folded = initial;
  let scheduled = false;

  function publish(): void {
    scheduled = false;
    store.setState(folded, true);
  }

  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    lastSeq: () => folded.lastSeq,
    folded: () => folded,
    apply(events) {
      const { fresh, gap } = contiguous(events, folded.lastSeq);
      if (fresh.length > 0) {
        folded = reduceRun(folded, fresh);
        if (!scheduled) {
          scheduled = true;
          schedule(publish);
        }
      }
      return { gap };
    },
  };
}

/** The events that directly follow `lastSeq`, without those already folded in. */
function contiguous(events: readonly RunEvent[], lastSeq: number): { fresh: RunEvent[]; gap: boolean } {
  const fresh: RunEvent[] = [];
  for (const event of events) {
    const expected = lastSeq + fresh.length + 1;
    if (event.seq < expected) continue;
    if (event.seq > expected) return { fresh, gap: true };
    fresh.push(event);
  }
  return { fresh, gap: false };
}
