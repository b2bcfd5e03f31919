"use client";

import { useEffect, useState } from "react";
import { useStore } from "zustand";
import type { RunState } from "@/lib/run/state";
import { scheduleFrame } from "./frame-schedule";
import { type ConnectionStatus, connectRun } from "./run-connection";
import { createRunStore, type RunStore } from "./run-store";
import { getSocket } from "./socket";

/** A store that follows its run for as long as the component lives; `initial` counts at the first render only. */
export function useRunStore(initial: RunState): { store: RunStore; connection: ConnectionStatus } {
  const [store] = useState(() => createRunStore({ initial, schedule: scheduleFrame }));
  const [connection, setConnection] = useState<ConnectionStatus>("connecting");
  const { runId } = initial;
  useEffect(() => connectRun({ runId, store, socket: getSocket(), onStatus: setConnection }), [runId, store]);
  return { store, connection };
}

/** The run as it is now. What did not change keeps its reference, down to the single item of a transcript. */
export function useRun(store: RunStore): RunState {
  return useStore(store);
}
