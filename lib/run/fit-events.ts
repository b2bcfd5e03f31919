import { z } from "zod";

const number = z.int().min(1);

/**
 * The life of a fit in the log: an agent at work on the tree of a composition. What the agent does is logged like that of a variation, under the
 * index `fit` (see `FIT_INDEX`); these are the facts that only a fit has. They belong to the run, so they carry no `variation` outside.
 */
export const fitEventSchemas = [
  z.object({
    type: z.literal("fit.requested"),
    /** Of the composition. */
    number,
    /** In the place of a variation's index; never given twice in a run. */
    fit: z.int(),
    /** Of the request: the same one again asks nobody else. */
    id: z.string(),
    /** The state of the composition that it starts from. */
    version: z.int().min(1),
    commit: z.string(),
    tree: z.string(),
    /** The variation whose agent, model and limits it has. */
    like: z.int().min(0),
    /** All that the agent is told. */
    task: z.string(),
    /** What the person added to it. */
    wish: z.string().optional(),
    /** Paths in the composition's tree that it may change: everything else is outside the seams. */
    paths: z.array(z.string()),
    /** How many places conflict, and how many checks fail: why it was asked. */
    conflicts: z.int().nonnegative(),
    failing: z.int().nonnegative(),
    by: z.string(),
  }),
  /** Part or all of what it did is in the composition; `version` is the one that this made. */
  z.object({ type: z.literal("fit.taken"), number, fit: z.int(), version: z.int(), paths: z.array(z.string()), by: z.string() }),
  z.object({ type: z.literal("fit.discarded"), number, fit: z.int(), by: z.string() }),
] as const;
