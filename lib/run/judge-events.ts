import { z } from "zod";

const id = z.string();
const count = z.int().nonnegative();
/** Index of a variation: samples see neutral labels, the log has them resolved. */
const variation = z.int().nonnegative();

export const criterionSchema = z.object({ id: z.string(), name: z.string(), question: z.string(), weight: z.number() });

export const judgeClaimSchema = z.object({
  variation,
  /** Id in the rubric. */
  criterion: z.string(),
  stance: z.enum(["for", "against"]),
  text: z.string(),
  file: z.string(),
  /** From 1, in the new file; in the old one where the file was deleted. */
  line: z.int(),
  endLine: z.int().optional(),
  /** What it cites was in the diff that the judge was shown. */
  verified: z.boolean(),
  /** Why not, for people. */
  problem: z.string().optional(),
});
export type JudgeClaim = z.infer<typeof judgeClaimSchema>;

export const judgeVerdicts = ["winner", "tie", "abstain"] as const;

export const judgeSampleSchema = z.object({
  /** From 0. */
  sample: count,
  verdict: z.enum(judgeVerdicts),
  /** The one that won, those that tie; none when it abstained. */
  preferred: z.array(variation),
  reason: z.string(),
  /** `score` null: the judge abstained on it. */
  scores: z.array(z.object({ variation, criterion: z.string(), score: z.number().nullable() })),
  claims: z.array(judgeClaimSchema),
});
export type JudgeSample = z.infer<typeof judgeSampleSchema>;

/** The life of a model's review of a run: advice, nothing follows from it. They belong to the run, so the events carry no `variation` outside. */
export const judgeEventSchemas = [
  z.object({
    type: z.literal("judge.requested"),
    id,
    model: z.string(),
    /** It is one of the contestants' and was asked nevertheless. */
    forced: z.boolean(),
    /** What `orders` follow from. */
    seed: z.int(),
    rubric: z.array(criterionSchema),
    /** What was known before any model was asked; those that are not `allowed` are shown to none. */
    gates: z.array(z.object({ variation, allowed: z.boolean(), reason: z.string().optional() })),
    base: z.string(),
    candidates: z.array(z.object({ variation, commit: z.string() })),
    /** Per sample: the variations as it sees them, first to last. */
    orders: z.array(z.array(variation)),
    /** Files that were too long to be shown. */
    leftOut: z.array(z.object({ variation, files: z.array(z.string()) })),
    /** Before; dollars are null where no price is known. */
    estimate: z.object({ promptTokens: count, dollars: z.number().nullable() }),
  }),
  z.object({ type: z.literal("judge.sampled"), id, ...judgeSampleSchema.shape }),
  z.object({ type: z.literal("judge.sample_failed"), id, sample: count, message: z.string() }),
  /** One call was answered; also where its answer was of no use. */
  z.object({
    type: z.literal("judge.charged"),
    id,
    model: z.string(),
    /** Id of the call in the audit. */
    call: z.string(),
    inputTokens: count,
    outputTokens: count,
    cacheReadTokens: count,
    cacheWriteTokens: count,
    cacheWrite1hTokens: count.optional(),
    dollars: z.number().nullable(),
  }),
  z.object({ type: z.literal("judge.finished"), id }),
  /** No sample came of it, or it was stopped; samples that came before count as far as they go. */
  z.object({ type: z.literal("judge.failed"), id, reason: z.string() }),
] as const;

export type JudgeEvent = z.infer<(typeof judgeEventSchemas)[number]>;
