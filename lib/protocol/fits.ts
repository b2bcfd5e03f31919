import { z } from "zod";
import { failureSchema } from "../run/failures";
import { variationStatuses } from "../run/state";
import { MAX_FIT_WISH } from "./bounds";
import { compositionSchema } from "./compositions";

/** The wire of fits: an agent is asked to make a composition fit together. */
export const startFitSchema = z.strictObject({
  version: z.int().min(1).meta({ description: "The version of the composition that is meant; refused when it is another one by now." }),
  model: z.string().max(200).optional().meta({ description: "Of the run's line-up. Left out: that of the variation that gave most." }),
  wish: z.string().trim().min(1).max(MAX_FIT_WISH).optional().meta({ description: "What the agent is told beside the seams." }),
});
export type StartFitRequest = z.input<typeof startFitSchema>;
export type FitOrder = z.output<typeof startFitSchema>;

export const takeFitSchema = z.strictObject({
  version: z
    .int()
    .min(1)
    .meta({ description: "The version of the composition that it is taken into; refused when it is another one by now." }),
  paths: z
    .array(z.string().min(1).max(4_096))
    .min(1)
    .max(2_000)
    .optional()
    .meta({ description: "Which changed files; also such outside the seams. Left out: all within them." }),
});
export type TakeFitRequest = z.input<typeof takeFitSchema>;
export type TakeFitOrder = z.output<typeof takeFitSchema>;

export const fitChangeSchema = z.object({
  path: z.string(),
  old_path: z.string().nullable(),
  status: z.enum(["added", "modified", "deleted", "renamed"]),
  added: z.int(),
  deleted: z.int(),
  binary: z.boolean(),
  old_blob: z.string().nullable(),
  new_blob: z.string().nullable(),
  inside: z.boolean().meta({ description: "Within the files at the seams." }),
  merged: z.boolean().meta({ description: "The composition changed meanwhile; taking it brings both together." }),
  refusal: z.string().nullable().meta({ description: "Why it cannot be taken, and what to do." }),
});
export type FitChangeResponse = z.infer<typeof fitChangeSchema>;

export const fitSchema = z.object({
  fit: z.int().meta({ description: "Stands in events and calls in the place of a variation's index." }),
  composition: z.int(),
  version: z.int().meta({ description: "What the composition was when it was asked." }),
  commit: z.string(),
  state: z.enum(variationStatuses),
  model: z.string(),
  wish: z.string().nullable(),
  task: z.string().meta({ description: "All that the agent was told." }),
  conflicts: z.int(),
  failing: z.int(),
  by: z.string(),
  asked_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  dollars: z.number(),
  failure: failureSchema.nullable(),
  summary: z.string().nullable(),
  decision: z
    .object({ kind: z.enum(["taken", "discarded"]), version: z.int().nullable(), paths: z.array(z.string()), at: z.iso.datetime() })
    .nullable(),
  result: z
    .object({
      commit: z.string(),
      moved_on: z.boolean().meta({ description: "The composition is another one than the agent began with." }),
      files: z.array(fitChangeSchema),
    })
    .nullable()
    .meta({ description: "What it changed; null while it works, and where it changed nothing." }),
});
export type FitResponse = z.infer<typeof fitSchema>;

export const takenFitSchema = z.object({ fit: fitSchema, composition: compositionSchema });
export type TakenFitResponse = z.infer<typeof takenFitSchema>;
