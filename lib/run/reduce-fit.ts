import type { RunEventBody } from "./events";
import type { Fit } from "./fit-state";
import { freshVariation, type RunState, type VariationState } from "./state";

type Body<T extends RunEventBody["type"]> = Extract<RunEventBody, { type: T }>;
export type FitEvent = Extract<RunEventBody, { type: `fit.${string}` }>;

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
  const { type: _, fit: index, like, ...asked } = event;
  // Instructions were meant for the variation.
  const spec = { agent: "builtin", model: "demo", ...state.variations[like]?.spec, instructions: undefined };
  const snapshot = { commit: event.commit, tree: event.tree, reason: "final" as const, files: 0, added: 0, deleted: 0 };
  // Its tree is the composition's, and there is nothing before it to go on from.
  return { ...asked, index, at, work: { ...freshVariation(index, spec), continues: { messages: [], snapshot, files: {} } } };
}

function decided(state: RunState, index: number, decision: Fit["decision"]): RunState {
  return { ...state, fits: state.fits.map((fit) => (fit.index === index ? { ...fit, decision } : fit)) };
}
