"use client";

import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { workOf } from "@/lib/run/fit-state";
import type { RunState, VariationState } from "@/lib/run/state";
import { scheduleFrame } from "./frame-schedule";
import type { ConnectionStatus } from "./run-connection";
import { createOutline } from "./run-outline";
import { createRunStore, type RunStore } from "./run-store";

/** A store that follows its run for as long as the component lives; `initial` counts at the first render only. */
export function useRunStore(initial: RunState): { store: RunStore; connection: ConnectionStatus } {
  const [store] = useState(() => createRunStore({ initial, schedule: scheduleFrame }));
  const [connection, setConnection] = useState<ConnectionStatus>("connecting");
  const { runId } = initial;
  useEffect(() => follow(runId, store, setConnection), [runId, store]);
  return { store, connection };
}

const LOAD_AGAIN_MS = 2_000;

/** The page shows what the server rendered; what follows it comes apart, so that the page works sooner. Returns the way to stop. */
function follow(runId: string, store: RunStore, onStatus: (status: ConnectionStatus) => void): () => void {
  let stop: (() => void) | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let gone = false;
  const begin = (): void =>
    void Promise.all([import("./socket"), import("./run-connection")]).then(
      ([{ getSocket }, { connectRun }]) => {
        if (!gone) stop = connectRun({ runId, store, socket: getSocket(), onStatus });
      },
      () => {
        if (gone) return;
        onStatus("offline");
        again = setTimeout(begin, LOAD_AGAIN_MS);
      },
    );
  begin();
  return () => {
    gone = true;
    clearTimeout(again);
    stop?.();
  };
}

/** The run without its transcripts, which may be behind: the same reference while agents only speak. See `createOutline`. */
export function useRunOutline(store: RunStore): RunState {
  const [outline] = useState(createOutline);
  return useStore(store, outline);
}

/** One variation, or a fit under its index, as it is now, with its transcript. What did not change keeps its reference, down to the single item. */
export function useVariation(store: RunStore, index: number): VariationState | undefined {
  return useStore(store, (run) => workOf(run, index));
}

/** Highest `seq` that is shown. */
export function useLastSeq(store: RunStore): number {
  return useStore(store, ({ lastSeq }) => lastSeq);
}
