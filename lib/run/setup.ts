import type { SetupEvent } from "./setup-events";

/** A run's set-up as a person sees it. */
export interface SetupState {
  /** Absent when it was skipped. */
  command?: string;
  hash?: string;
  cached: boolean;
  /** ms since the epoch. */
  startedAt: number;
  output: string;
  /** Characters of the output that are not shown; the log has them. */
  truncated: number;
  finished?: { ok: boolean; durationMs: number; skipped: boolean; reason?: string };
}

/** Characters of output kept in state: head and tail. */
export const SETUP_OUTPUT_LIMIT = 64_000;

/** One event of a set-up → its state. A set-up that a restarted server does again begins anew. */
export function reduceSetup(state: SetupState | undefined, event: SetupEvent, at: number): SetupState {
  switch (event.type) {
    case "setup.started":
      return { command: event.command, hash: event.hash, cached: event.cached, startedAt: at, output: "", truncated: 0 };
    case "setup.output":
      return appendOutput(state ?? empty(at), event.text);
    case "setup.finished": {
      const { ok, durationMs, skipped = false, reason } = event;
      // What was skipped has no command, whatever an earlier try had.
      const before = skipped || state === undefined ? empty(at) : state;
      return { ...before, finished: { ok, durationMs, skipped, reason } };
    }
  }
}

function empty(at: number): SetupState {
  return { cached: false, startedAt: at, output: "", truncated: 0 };
}

function appendOutput(state: SetupState, text: string): SetupState {
  const output = state.output + text;
  const dropped = output.length - SETUP_OUTPUT_LIMIT;
  if (dropped <= 0) return { ...state, output };
  const half = SETUP_OUTPUT_LIMIT / 2;
  return { ...state, output: output.slice(0, half) + output.slice(half + dropped), truncated: state.truncated + dropped };
}

/**
 * What a check needs to know before it runs: `ready` (dependencies are there), `not_needed` (nothing asks for any), `pending`, or `not_set_up`:
 * a check is then skipped for this reason, never failed.
 */
export type EnvironmentState = { kind: "ready" | "not_needed" | "pending" } | { kind: "not_set_up"; reason: string };

/** See `EnvironmentState`. */
export function environmentState({ setup }: { setup?: SetupState }): EnvironmentState {
  if (setup === undefined) return { kind: "not_needed" };
  if (setup.finished === undefined) return { kind: "pending" };
  const { ok, skipped, reason = "the set-up failed" } = setup.finished;
  return ok && !skipped ? { kind: "ready" } : { kind: "not_set_up", reason: `not set up: ${reason}` };
}
