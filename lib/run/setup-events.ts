import { z } from "zod";

/** How a run's dependencies came, while its variations were preparing. Of the run as a whole: all its trees start with the same ones. */
export const setupEventSchemas = [
  z.object({
    type: z.literal("setup.started"),
    command: z.string(),
    /** Names the lock files' content, the command and the machine. */
    hash: z.string(),
    /** True: it was done before for this hash, and what it made, or its failure, is taken over. */
    cached: z.boolean(),
  }),
  z.object({ type: z.literal("setup.output"), text: z.string() }),
  z.object({
    type: z.literal("setup.finished"),
    ok: z.boolean(),
    durationMs: z.number(),
    /** True: nothing was done, and `reason` says why and what to do. */
    skipped: z.boolean().optional(),
    reason: z.string().optional(),
  }),
] as const;

export type SetupEvent = z.infer<(typeof setupEventSchemas)[number]>;
