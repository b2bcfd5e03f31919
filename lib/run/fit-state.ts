import type { RunEventBody } from "./events";
import { noUsage, type RunState, type VariationState } from "./state";

type Body<T extends RunEventBody["type"]> = Extract<RunEventBody, { type: T }>;
export type FitEvent = Extract<RunEventBody, { type: `fit.${string}` }>;

/** Fits count from here in the place of a variation's index: beyond every variation, within what names of attempts may hold. */
export const FIT_INDEX = 50;
/** So many of one run have a place. */
export const MAX_FITS = 50;

/** An agent that was asked to make a composition fit together, and what became of what it did. */
export interface Fit {
  /** In the place of a variation's index. */
  index: number;
  id: string;
  /** Of the composition. */
  number: number;
  /** What the composition was when it was asked: its tree is where the agent begins. */
  version: number;
  commit: string;
  tree: string;
  /** All that the agent is told. */
  task: string;
  wish?: string;
  /** What it may change; in the composition's tree. */
  paths: readonly string[];
  conflicts: number;
  failing: number;
  by: string;
  /** ms since the epoch. */
  at: number;
  /** Its process, in the form of a variation's. */
  work: VariationState;
  decision?: { kind: "taken"; version: number; paths: readonly string[]; at: number } | { kind: "discarded"; at: number };
}

/** The state of whatever works under this index: a variation, or a fit. */
export function workOf({ variations, fits }: Pick<RunState, "variations" | "fits">, index: number): VariationState | undefined {
  return variations[index] ?? fits.find((fit) => fit.index === index)?.work;
}

/** Everything that may have an attempt: variations first. */
export function allWork({ variations, fits }: Pick<RunState, "variations" | "fits">): VariationState[] {
  return [...variations, ...fits.map(({ work }) => work)];
}

/** The newest fit of a composition. */
export function fitOf({ fits }: Pick<RunState, "fits">, number: number): Fit | undefined {
  return fits.findLast((fit) => fit.number === number);
}

/** Keeps every fit of a run, oldest first; same reference when nothing changed. A request reopens a run that had ended: an agent works for it again. */
export function reduceFit(state: RunState, event: FitEvent, at: number): RunState {
  switch (event.type) {
    case "fit.requested": {
      if (state.fits.some(({ index }) => index === event.fit)) return state;
      return {
        ...state,
        fits: [...state.fits, requested(state, event, at)],
        status: "running",
        endedAt: undefined,
        failure: undefined,
        stopRequested: false,
      };
    }
    case "fit.taken": {
      const { version, paths } = event;
      return decided(state, event.fit, { kind: "taken", version, paths, at });
    }
    case "fit.discarded":
      return decided(state, event.fit, { kind: "discarded", at });
  }
}

/** The run with another state of the work under an index of a fit. */
export function withWork(state: RunState, index: number, work: VariationState): RunState {
  return { ...state, fits: state.fits.map((fit) => (fit.index === index ? { ...fit, work } : fit)) };
}

function requested(state: RunState, event: Body<"fit.requested">, at: number): Fit {
  const { fit: index, id, number, version, commit, tree, like, task, wish, paths, conflicts, failing, by } = event;
  const { agent = "builtin", model = "demo", fallbackModels, temperature, limits } = state.variations[like]?.spec ?? {};
  const start = { commit, tree, reason: "final" as const, files: 0, added: 0, deleted: 0 };
  const work: VariationState = {
    index,
    spec: { agent, model, fallbackModels, temperature, limits },
    status: "queued",
    attempt: 0,
    stopRequested: false,
    items: [],
    plan: [],
    usage: noUsage,
    turns: 0,
    files: {},
    snapshots: [],
    // Its tree is the composition's, and there is nothing before it to go on from.
    continues: { messages: [], snapshot: start, files: {} },
    retries: 0,
  };
  return { index, id, number, version, commit, tree, task, wish, paths, conflicts, failing, by, at, work };
}

function decided(state: RunState, index: number, decision: Fit["decision"]): RunState {
  return { ...state, fits: state.fits.map((fit) => (fit.index === index ? { ...fit, decision } : fit)) };
}
