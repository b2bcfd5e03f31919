"use client";

import { useEffect, useState } from "react";
import { useStore } from "zustand";
import type { RunState } from "@/lib/run/state";
import { scheduleFrame } from "./frame-schedule";
import { type ConnectionStatus, connectRun } from "./run-connection";
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
    void import("./socket").then(
      ({ getSocket }) => {
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

/** The run as it is now. What did not change keeps its reference, down to the single item of a transcript. */
export function useRun(store: RunStore): RunState {
  return useStore(store);
}
