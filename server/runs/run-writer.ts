import type { Rejection, RunCommand } from "@/lib/run/commands";
import { decideRun } from "@/lib/run/decide";
import type { NewRunEvent, RunEvent } from "@/lib/run/events";
import { allWork } from "@/lib/run/fit-state";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun, isTerminal, type RunState } from "@/lib/run/state";
import type { EventLog, LineCursor, NewRun, RunProjection } from "../storage/event-log";
import { searchableText, summarize } from "./run-summary";

export type CommandResult = { ok: true; state: RunState; events: RunEvent[] } | { ok: false; rejected: Rejection };

/** Told after each commit, in order of `seq`. A mere hint for whoever reads the log, with the events for those who keep a tail. */
export type CommitListener = (runId: string, events: readonly RunEvent[]) => void;

/**
 * The only writer of logs in this process: one queue per run, so that supervisors, commands, checks and the gateway take turns; it keeps
 * the folded state of live runs, and signals after the commit, never before.
 */
export interface RunWriter {
  create(run: Omit<NewRun, "projection" | "searchText">): Promise<RunState>;
  /** Undefined when there is no such run. */
  state(runId: string): Promise<RunState | undefined>;
  /** Decides on the newest state, appends what follows. */
  command(runId: string, command: RunCommand): Promise<CommandResult>;
  /** Appends facts that need no decision: an agent's output with its cursor, usage, snapshots. False: these lines were already logged. */
  record(runId: string, events: readonly NewRunEvent[], cursor?: LineCursor): Promise<boolean>;
  onCommit(listener: CommitListener): () => void;
}

/** Ended runs whose folded state is kept in memory. */
const KEPT_STATES = 32;
const READ_CHUNK = 5_000;

/** See `RunWriter`. */
export function createRunWriter(log: EventLog, now: () => number): RunWriter {
  const states = new Map<string, RunState>();
  const queues = new Map<string, Promise<unknown>>();
  const listeners = new Set<CommitListener>();

  function enqueue<T>(runId: string, task: () => Promise<T>): Promise<T> {
    const run = (queues.get(runId) ?? Promise.resolve()).then(task, task);
    const settled = run.then(
      () => undefined,
      () => undefined,
    );
    queues.set(runId, settled);
    void settled.then(() => {
      if (queues.get(runId) === settled) queues.delete(runId);
    });
    return run;
  }

  async function load(runId: string): Promise<RunState | undefined> {
    const known = states.get(runId);
    if (known !== undefined) return known;
    if ((await log.lastSeq(runId)) === undefined) return undefined;
    let state = emptyRun(runId);
    for (;;) {
      const events = await log.read(runId, state.lastSeq, READ_CHUNK);
      if (events.length === 0) break;
      state = reduceRun(state, events);
    }
    keep(state);
    return state;
  }

  function keep(state: RunState): void {
    // Re-inserting moves the run to the end: the map's order is the order of last use.
    states.delete(state.runId);
    states.set(state.runId, state);
    const ended = [...states.values()].filter(({ status }) => isTerminal(status));
    for (const { runId } of ended.slice(0, Math.max(0, ended.length - KEPT_STATES))) states.delete(runId);
  }

  function signal(runId: string, events: readonly RunEvent[]): void {
    for (const listener of listeners) listener(runId, events);
  }

  /** Appends onto `state`; undefined when the log had moved on, and the state is then loaded anew at the next turn. */
  async function append(
    state: RunState,
    events: readonly NewRunEvent[],
    cursor?: LineCursor,
  ): Promise<{ state: RunState; events: RunEvent[] } | "stale_seq" | "stale_cursor"> {
    const placed = events.map((event, index): RunEvent => ({ runId: state.runId, seq: state.lastSeq + 1 + index, ...event }));
    const next = reduceRun(state, placed);
    const result = await log.append(state.runId, { events, ifSeq: state.lastSeq, cursor, projection: project(state, next) });
    if (!result.ok) {
      if (result.reason === "stale_seq") states.delete(state.runId);
      return result.reason;
    }
    keep(next);
    if (placed.length > 0) signal(state.runId, placed);
    return { state: next, events: placed };
  }

  return {
    create(run) {
      return enqueue(run.runId, async () => {
        const placed = run.events.map((event, index): RunEvent => ({ runId: run.runId, seq: index + 1, ...event }));
        const state = reduceRun(emptyRun(run.runId), placed);
        await log.create({ ...run, projection: projection(state), searchText: searchableText(state) });
        keep(state);
        signal(run.runId, placed);
        return state;
      });
    },
    async state(runId) {
      return states.get(runId) ?? enqueue(runId, () => load(runId));
    },
    command(runId, command) {
      return enqueue(runId, async (): Promise<CommandResult> => {
        for (;;) {
          const state = await load(runId);
          if (state === undefined) return { ok: false, rejected: { code: "not_found", message: `There is no run ${runId}.` } };
          const decision = decideRun(state, command, now());
          if ("rejected" in decision) return { ok: false, rejected: decision.rejected };
          if (decision.events.length === 0) return { ok: true, state, events: [] };
          const appended = await append(state, decision.events);
          if (typeof appended === "object") return { ok: true, ...appended };
        }
      });
    },
    record(runId, events, cursor) {
      return enqueue(runId, async () => {
        for (;;) {
          const state = await load(runId);
          if (state === undefined) return false;
          const appended = await append(state, events, cursor);
          if (appended !== "stale_seq") return appended !== "stale_cursor";
        }
      });
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What is decided for whoever filters the list: the variation's index, or below 0 for a composition. */
function winnerOf({ selection }: RunState): number | undefined {
  return selection?.composition === undefined ? selection?.winner : -selection.composition;
}

function projection(state: RunState): RunProjection {
  return { status: state.status, summary: JSON.stringify(summarize(state)), winner: winnerOf(state) };
}

/** Most appends are text: the projection is rewritten only when something that it shows has changed. */
function project(before: RunState, after: RunState): RunProjection | undefined {
  const shown = (["status", "base", "selection", "paused"] as const).some((name) => before[name] !== after[name]);
  const known = allWork(before);
  const changed = allWork(after).some((variation, at) => {
    const old = known[at];
    return (
      old?.status !== variation.status ||
      old.usage !== variation.usage ||
      old.snapshot !== variation.snapshot ||
      old.files !== variation.files
    );
  });
  return shown || changed ? projection(after) : undefined;
}
