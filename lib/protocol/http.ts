import { z } from "zod";
import { MAX_VARIATIONS } from "../run/bounds";
import { limitsSchema } from "../run/events";
import { failureCodes, failureSchema } from "../run/failures";
import { modelKinds } from "../run/model-kind";
import { promptImageTypes } from "../run/prompt-images";
import { isBaseRef, NO_BASE_REF } from "./base-ref";
import { MAX_PROMPT_LENGTH } from "./bounds";
import { landingSchema } from "./landing";
import { imageUploadsSchema } from "./prompt-images";

/**
 * The wire of `/api/v1`: one schema per request and response, the source of the OpenAPI document and of the browser's types.
 * Field names are snake_case, as the API's users know them.
 */

export const runIdSchema = z.string().regex(/^[a-z0-9]{12,24}$/, "A run id is 12 to 24 lower-case letters and digits.");

export const agentConfigSchema = z.strictObject({
  agent: z.string().min(1).max(100).optional().meta({ description: "Agent id; `builtin` by default." }),
  model: z.string().min(1).max(200).optional().meta({ description: "Model id, `demo`, or `script:<name>`." }),
  fallback_models: z
    .array(z.string().min(1).max(200))
    .max(5)
    .optional()
    .meta({ description: "Models of the provider that answer when `model` cannot, in order; the server's own list by default." }),
  temperature: z.number().min(0).max(2).optional(),
  instructions: z.string().max(8_000).optional().meta({ description: "Extra instructions for this variation." }),
  limits: limitsSchema.optional(),
});
export type AgentConfig = z.infer<typeof agentConfigSchema>;

export const baseRefSchema = z.string().refine(isBaseRef, NO_BASE_REF);

export const createRunSchema = z
  .strictObject({
    github_url: z.string().min(1).max(2_000).optional().meta({
      description: "Git URL (https, ssh) or, in single-user mode, an absolute path inside an allowed folder.",
      example: "https://github.com/acme/shop",
    }),
    project_id: z.string().min(1).max(64).optional().meta({ description: "An existing project instead of a URL." }),
    prompt: z
      .string()
      .max(
        MAX_PROMPT_LENGTH,
        `The prompt may have ${MAX_PROMPT_LENGTH} characters at most: shorten it, or put the material into a file of the repository.`,
      )
      .refine((text) => text.trim().length > 0, "The prompt is empty: say what should change."),
    variations: z
      .int()
      .min(1)
      .max(MAX_VARIATIONS)
      .optional()
      .meta({ description: "How many agents work at once; 3 by default, or as many as `line_up` has." }),
    line_up: z
      .array(agentConfigSchema)
      .min(1)
      .max(MAX_VARIATIONS)
      .optional()
      .meta({ description: "One entry per variation; overrides `agent_config`." }),
    agent_config: agentConfigSchema.optional().meta({ description: "The default for every variation." }),
    images: imageUploadsSchema
      .optional()
      .meta({ description: "Pictures that belong to the prompt; models that take none get a warning instead." }),
    max_dollars: z
      .number()
      .positive("Give an amount above 0, or leave it out for no cap.")
      .max(10_000)
      .optional()
      .meta({ description: "US dollars that all variations together may spend." }),
    base: baseRefSchema.optional().meta({ description: "Branch, tag or commit to start from; the default branch otherwise." }),
  })
  .refine((body) => (body.github_url === undefined) !== (body.project_id === undefined), {
    path: ["github_url"],
    message: "Give either github_url or project_id.",
  })
  .refine((body) => body.line_up === undefined || body.variations === undefined || body.line_up.length === body.variations, {
    path: ["line_up"],
    message: "line_up must have as many entries as variations says.",
  });
export type CreateRunRequest = z.infer<typeof createRunSchema>;

export const createRunResponseSchema = z.object({ run_id: z.string(), stream_url: z.string(), job_names: z.array(z.string()) });
export type CreateRunResponse = z.infer<typeof createRunResponseSchema>;

export const runStatusSchema = z.enum(["starting", "running", "completed", "failed", "cancelled"]);
export const variationStatusSchema = z.enum(["queued", "preparing", "running", "completed", "failed", "cancelled"]);

export const jobSchema = z.object({
  job_name: z.string(),
  variation_id: z.int(),
  state: variationStatusSchema,
  status: z.object({ active: z.int(), succeeded: z.int(), failed: z.int() }),
});

const variationSummarySchema = z.object({
  variation_id: z.int(),
  agent: z.string(),
  model: z.string(),
  /** `demo` and `script` are no real models, whatever their id looks like. */
  model_kind: z.enum(modelKinds).default("provider"),
  state: variationStatusSchema,
  /** Why it failed; `lost` is nobody's fault and can be retried as it is. */
  failure_code: z.enum(failureCodes).nullable().default(null),
  files: z.int(),
  added: z.int(),
  deleted: z.int(),
});

/** A row of the list: what the home page shows without folding a log. */
export const runSummarySchema = z.object({
  run_id: z.string(),
  status: runStatusSchema,
  prompt: z.string(),
  project_id: z.string(),
  repository_url: z.string(),
  repository_name: z.string(),
  base_ref: z.string().nullable(),
  base_commit: z.string().nullable(),
  created_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  dollars: z.number(),
  /** True when every variation is answered by the demo model. */
  demo: z.boolean(),
  winning_variation_id: z.int().nullable(),
  /** Number of the composition that was selected; then no variation is the winner. */
  winning_composition: z.int().nullable().default(null),
  /** The provider refuses: no variation calls a model before `until`. */
  paused: z.object({ until: z.iso.datetime(), reason: z.string() }).nullable().default(null),
  variations: z.array(variationSummarySchema),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runResponseSchema = runSummarySchema.extend({
  /** Why the run as a whole failed, and what to do. */
  failure: failureSchema.nullable().default(null),
  variations: z.array(variationSummarySchema.extend({ failure: failureSchema.nullable().default(null) })),
  /** Highest `seq` in the log when this was read. */
  last_seq: z.int(),
  /** What all variations together may spend; null: no cap. */
  max_dollars: z.number().nullable(),
  selection: z
    .object({
      winning_variation_id: z.int().nullable(),
      composition: z.int().nullable(),
      reason: z.string().nullable(),
      branch: z.string(),
      commit: z.string(),
      by: z.string(),
      at: z.iso.datetime(),
    })
    .nullable(),
  /** Oldest first. */
  landings: z.array(landingSchema),
  jobs: z.array(jobSchema),
  /** Pictures of the prompt, in its order. */
  images: z.array(z.object({ media_type: z.enum(promptImageTypes), bytes: z.int(), url: z.string() })),
});
export type RunResponse = z.infer<typeof runResponseSchema>;

export const runStatusResponseSchema = z.object({
  run_id: z.string(),
  status: runStatusSchema,
  winning_variation_id: z.int().nullable(),
  jobs: z.array(jobSchema),
});

export const runListStates = ["live", "undecided", "decided", "failed", "cancelled"] as const;
export type RunListState = (typeof runListStates)[number];

export const listRunsQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(30),
  cursor: z.string().max(100).optional(),
  state: z
    .enum(runListStates)
    .optional()
    .meta({ description: "`live`: not ended yet. `undecided`: completed without a winner. `decided`: with one." }),
  project_id: z.string().min(1).max(64).optional(),
  query: z.string().max(200).optional().meta({ description: "Words that must all be in the prompt or in the repository's name." }),
  ids: z
    .string()
    .regex(/^[a-z0-9]{12,24}(,[a-z0-9]{12,24}){0,99}$/, "Give run ids, separated by commas, 100 at most.")
    .optional()
    .meta({ description: "These runs and no others, separated by commas." }),
});
export const listRunsResponseSchema = z.object({ runs: z.array(runSummarySchema), next_cursor: z.string().nullable(), total: z.int() });
export type ListRunsResponse = z.infer<typeof listRunsResponseSchema>;

export const eventsQuerySchema = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
});

export const selectSchema = z
  .strictObject({
    winning_variation_id: z
      .int()
      .min(0)
      .max(MAX_VARIATIONS - 1)
      .optional(),
    composition: z.int().min(1).optional().meta({ description: "Number of a composition, instead of a variation." }),
    reason: z.string().max(2_000).optional(),
  })
  .refine((body) => (body.winning_variation_id === undefined) !== (body.composition === undefined), {
    path: ["winning_variation_id"],
    message: "Give either winning_variation_id, a number from 0, or composition.",
  });
export type SelectRequest = z.infer<typeof selectSchema>;
export const selectResponseSchema = z.object({
  status: z.literal("success"),
  /** Of a composition: its name as a branch of the run's remote. */
  job_name: z.string(),
  branch: z.string(),
  commit: z.string(),
});
export type SelectResponse = z.infer<typeof selectResponseSchema>;

export const cancelSchema = z.strictObject({
  variation_id: z
    .int()
    .min(0)
    .max(MAX_VARIATIONS - 1)
    .optional()
    .meta({ description: "One variation; absent: the whole run." }),
});

export const retrySchema = z.strictObject({
  variation_id: z
    .int()
    .min(0)
    .max(MAX_VARIATIONS - 1)
    .optional()
    .meta({ description: "One variation that failed or was stopped; absent: all of them." }),
});

export const sandboxReportSchema = z.object({
  isolated: z.boolean(),
  summary: z.string(),
  /** What is kept apart and bounded, each found out by trying. */
  measures: z.array(z.object({ name: z.string(), in_force: z.boolean(), how: z.string() })),
  remedy: z.string().nullable(),
});
export type SandboxReportResponse = z.infer<typeof sandboxReportSchema>;

export const healthResponseSchema = z.object({
  status: z.literal("healthy"),
  version: z.string(),
  kubernetes: z.boolean(),
  executors: z.array(sandboxReportSchema.extend({ kind: z.string() })),
});

export type HealthResponse = z.infer<typeof healthResponseSchema>;

/** What the composer needs to know about this server. */
export const setupResponseSchema = z.object({
  /** No provider is configured: the demo model answers, and every page says so. */
  demo: z.boolean(),
  default_model: z.string(),
  models: z.array(z.object({ id: z.string(), label: z.string(), kind: z.enum(modelKinds) })),
  sample_repository: z.object({ url: z.string(), name: z.string(), prompt: z.string() }).nullable(),
  recent_repositories: z.array(z.object({ project_id: z.string(), url: z.string(), name: z.string() })),
  /** Hosts that may be reached by http as well. */
  git_hosts: z.array(z.string()),
  sandbox: sandboxReportSchema,
});
export type SetupResponse = z.infer<typeof setupResponseSchema>;

/** RFC 9457. `errors` names each wrong field with its remedy. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;
