import type { RunState, VariationState } from "./state";

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
