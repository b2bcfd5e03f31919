import { z } from "zod";

/** Some of the changed lines: of the base, by their place there, and of what is added, by their place in it. Absent: all of them. */
const lines = z.object({ removed: z.array(z.int().min(0)), added: z.array(z.int().min(0)) }).optional();
const choiceSchema = z.union([
  z.object({ row: z.string(), cluster: z.string(), lines }),
  z.object({ row: z.string(), variation: z.int().min(0), lines }),
]);

/** What a composition makes of one file: what is chosen in its rows (nothing: as in the base), and what a person wrote over that. */
export const fileDecisionSchema = z.object({
  choices: z.array(choiceSchema),
  /** `blob` holds the whole text as it was left, `on` the composed text that it was written over; both in the run's repository. */
  edit: z
    .object({
      blob: z.string(),
      on: z.string(),
      /** What agents made of it on the way: the text that each found and the one that it left. The rest was written by hand. */
      fits: z.array(z.object({ on: z.string(), blob: z.string() })).optional(),
    })
    .optional(),
  /** The whole file as an agent left it, in place of what is chosen: new, moved, deleted (no blob), without lines, or of another mode. */
  put: z.object({ path: z.string(), mode: z.string(), blob: z.string().nullable() }).optional(),
});
export type FileDecision = z.infer<typeof fileDecisionSchema>;

const number = z.int().min(1);

/** The life of a composition in the log. It belongs to the run, so the events carry no `variation` outside. */
export const compositionEventSchemas = [
  z.object({
    type: z.literal("composition.created"),
    /** Counts from 1 in its run; never given twice. */
    number,
    /** Of the request that made it: the same one again makes no second. */
    id: z.string(),
    name: z.string().optional(),
    /** Files without a decision are as this variation has them; null: as in the base. */
    from: z.int().min(0).nullable(),
    /** The snapshots that it is made of, by variation; null where there was none. They stay until it is refreshed. */
    sources: z.array(z.string().nullable()),
    by: z.string(),
  }),
  z.object({
    type: z.literal("composition.changed"),
    number,
    /** Counts the changes, from 1 for the creation. */
    version: z.int().min(2),
    from: z.int().min(0).nullable().optional(),
    sources: z.array(z.string().nullable()).optional(),
    /** By path in the base (of a new file, where it was added); null takes the decision back. What is not named stays. */
    files: z.record(z.string(), fileDecisionSchema.nullable()).optional(),
    by: z.string(),
  }),
  z.object({ type: z.literal("composition.renamed"), number, name: z.string().optional(), by: z.string() }),
  /** Its tree as a commit on the base; follows each change at once. */
  z.object({
    type: z.literal("composition.snapshot_taken"),
    number,
    commit: z.string(),
    tree: z.string(),
    files: z.int(),
    added: z.int(),
    deleted: z.int(),
    /** Whose work is in it, by index. */
    variations: z.array(z.int()),
    /** How many lines of the files that differ from the base come from each variation, and how many were written by hand. */
    lines: z.array(z.int()),
    hand: z.int(),
    /** Lines that agents wrote to make it fit together. */
    agent: z.int().optional(),
  }),
  z.object({ type: z.literal("composition.deleted"), number, by: z.string() }),
] as const;
