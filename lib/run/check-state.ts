import type { CheckComparison, CheckEvent, CheckOutcome, NamedTest } from "./check-events";
import type { CheckKind, CheckVerdict, CrossOutcome } from "./check-names";

export type CheckStatus = "queued" | "running" | CheckVerdict;

/** The newest time that a check ran, or will run, on a target. */
export interface CheckRun {
  id: string;
  target: string;
  commit: string;
  tree: string;
  check: string;
  name: string;
  kind: CheckKind;
  command?: string;
  status: CheckStatus;
  /** A restarted server had it under way before; it is tried once more, and no third time. */
  again?: boolean;
  /** ms since the epoch. */
  queuedAt: number;
  startedAt?: number;
  endedAt?: number;
  /** Once it has finished. */
  outcome?: CheckOutcome;
  /** Once the base has finished as well; absent for the base. */
  comparison?: CheckComparison;
}

/** The tests of one target on the code of another. */
export interface CrossTest {
  id: string;
  tests: string;
  code: string;
  files: number;
  testsTree: string;
  codeTree: string;
  status: "queued" | "running" | CrossOutcome;
  queuedAt: number;
  startedAt?: number;
  endedAt?: number;
  outcome?: {
    cached: boolean;
    durationMs: number;
    reason?: string;
    passed: number;
    total: number;
    failing: readonly NamedTest[];
    tail: string;
    outputLength: number;
  };
}

/** All that is known of a run's checks: one entry per target and check, one per pair of the matrix. */
export interface ChecksState {
  runs: readonly CheckRun[];
  crossTests: readonly CrossTest[];
}

export const noChecks: ChecksState = { runs: [], crossTests: [] };

/** Folds one event. An event about something that was queued anew meanwhile changes nothing. */
export function reduceChecks(state: ChecksState, event: CheckEvent, at: number): ChecksState {
  switch (event.type) {
    case "check.queued": {
      const { type: _, ...place } = event;
      const run: CheckRun = { ...place, status: "queued", queuedAt: at };
      return { ...state, runs: placed(state.runs, run, (other) => other.target === run.target && other.check === run.check) };
    }
    case "check.started":
      return { ...state, runs: changed(state.runs, event.id, (run) => ({ ...run, status: "running", startedAt: at })) };
    case "check.finished": {
      const { type: _, id, ...outcome } = event;
      return { ...state, runs: changed(state.runs, id, (run) => ({ ...run, status: outcome.verdict, endedAt: at, outcome })) };
    }
    case "check.compared": {
      const { type: _, id, baseId: __, ...comparison } = event;
      return { ...state, runs: changed(state.runs, id, (run) => ({ ...run, comparison })) };
    }
    case "crosstest.queued": {
      const { type: _, ...place } = event;
      const cross: CrossTest = { ...place, status: "queued", queuedAt: at };
      const same = (other: CrossTest): boolean => other.tests === cross.tests && other.code === cross.code;
      return { ...state, crossTests: placed(state.crossTests, cross, same) };
    }
    case "crosstest.started":
      return { ...state, crossTests: changed(state.crossTests, event.id, (one) => ({ ...one, status: "running", startedAt: at })) };
    case "crosstest.finished": {
      const { type: _, id, outcome: status, ...outcome } = event;
      return { ...state, crossTests: changed(state.crossTests, id, (one) => ({ ...one, status, endedAt: at, outcome })) };
    }
  }
}

/** In the place of what it supersedes, else at the end: rows keep their order. */
function placed<T>(all: readonly T[], item: T, same: (other: T) => boolean): readonly T[] {
  const known = all.findIndex(same);
  return known === -1 ? [...all, item] : all.with(known, item);
}

function changed<T extends { id: string }>(all: readonly T[], id: string, change: (item: T) => T): readonly T[] {
  const at = all.findIndex((item) => item.id === id);
  const item = all[at];
  return item === undefined ? all : all.with(at, change(item));
}
