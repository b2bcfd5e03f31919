import { z } from "zod";
import {
  DEFAULT_SAMPLES,
  defaultRubric,
  MAX_CRITERIA,
  MAX_CRITERION_NAME,
  MAX_CRITERION_QUESTION,
  MAX_SAMPLES,
  MAX_WEIGHT,
} from "../judge/rubric";
import { criterionSchema, judgeSampleSchema } from "../run/judge-events";
import { modelKinds } from "../run/model-kind";

export const rubricSchema = z
  .array(
    z.strictObject({
      id: z.string().regex(/^[a-z0-9-]{1,40}$/, "Give lower-case letters, digits and dashes."),
      name: z.string().trim().min(1, "Give it a name.").max(MAX_CRITERION_NAME),
      question: z.string().trim().min(1, "Say what the judge is to ask itself.").max(MAX_CRITERION_QUESTION),
      weight: z.int().min(1).max(MAX_WEIGHT),
    }),
  )
  .min(1, "A rubric needs at least one criterion.")
  .max(MAX_CRITERIA)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "Each criterion needs an id of its own.");

/** How a project is judged, whole: `PUT` replaces all of it. */
export const changeProjectRubricSchema = z.strictObject({ rubric: rubricSchema.default([...defaultRubric]) });
export type ChangeProjectRubric = z.input<typeof changeProjectRubricSchema>;
export const projectRubricSchema = z.object({ project_id: z.string(), rubric: rubricSchema, is_default: z.boolean() });
export type ProjectRubricResponse = z.infer<typeof projectRubricSchema>;

export const startReviewSchema = z.strictObject({
  model: z.string().min(1).max(200),
  samples: z.int().min(1).max(MAX_SAMPLES).default(DEFAULT_SAMPLES),
  rubric: rubricSchema.optional().meta({ description: "For this review only; by default the project's." }),
  force: z.boolean().default(false).meta({ description: "Ask the model although it is one of the contestants'." }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional()
    .meta({ description: "What the orders of the candidates follow from; by default random." }),
});
export type StartReviewRequest = z.input<typeof startReviewSchema>;
export type StartReviewOrder = z.output<typeof startReviewSchema>;

export const reviewEstimateSchema = z.object({
  /** Of one sample. */
  prompt_tokens: z.int(),
  samples: z.int(),
  /** With answers of a usual length; null: no price is known. */
  dollars: z.number().nullable(),
  /** With the longest answers. */
  most_dollars: z.number().nullable(),
  /** What the run's cap leaves; null: there is none. */
  left_dollars: z.number().nullable(),
  /** Files that are too long to be shown, by variation. */
  left_out: z.array(z.object({ variation: z.int(), files: z.array(z.string()) })),
});
export type ReviewEstimateResponse = z.infer<typeof reviewEstimateSchema>;

const usageSchema = z.object({ input_tokens: z.int(), output_tokens: z.int(), dollars: z.number(), unpriced: z.boolean() });

export const reviewSchema = z.object({
  id: z.string(),
  status: z.enum(["running", "finished", "failed"]),
  model: z.string(),
  forced: z.boolean(),
  seed: z.int(),
  samples_asked: z.int(),
  rubric: z.array(criterionSchema),
  /** Variations in the order in which each sample saw them. */
  orders: z.array(z.array(z.int())),
  requested_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  estimated_dollars: z.number().nullable(),
  usage: usageSchema,
  samples: z.array(judgeSampleSchema),
  failed_samples: z.array(z.object({ sample: z.int(), message: z.string() })),
  failure: z.string().nullable(),
  /** What follows from the samples; null while there are none. */
  advice: z
    .object({
      /** The clear winner; null: there is none. */
      preferred: z.int().nullable(),
      /** In words. */
      summary: z.string(),
      ranking: z.array(
        z.object({ variation: z.int(), votes: z.int(), mean_rank: z.number().nullable(), mean_score: z.number().nullable() }),
      ),
    })
    .nullable(),
});

export const runReviewsSchema = z.object({
  /** Before any model is asked: which variations can be recommended. */
  gates: z.array(z.object({ variation: z.int(), allowed: z.boolean(), reason: z.string().nullable() })),
  /** Why no review can be started now, and what to do; null: it can. */
  refusal: z.string().nullable(),
  /** `contestant`: it made one of the variations, and judges only when forced. */
  models: z.array(z.object({ id: z.string(), label: z.string(), kind: z.enum(modelKinds), contestant: z.boolean() })),
  rubric: rubricSchema,
  /** Newest first. */
  reviews: z.array(reviewSchema),
});
export type RunReviewsResponse = z.infer<typeof runReviewsSchema>;
export const reviewStartedSchema = z.object({ id: z.string() });
export type ReviewStartedResponse = z.infer<typeof reviewStartedSchema>;
