import { z } from "zod";
import { limitsSchema } from "../run/events";
import { failureCodes } from "../run/failures";
import { runStatusSchema, variationStatusSchema } from "./http";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * `manifest.json` of a run's bundle: what the run was given, and what came of it. Files are named from the bundle's folder. The log holds the
 * prompt and the instructions themselves.
 */
export const bundleManifestSchema = z.object({
  format: z.literal("aideator-bundle"),
  format_version: z.literal(1),
  aideator_version: z.string(),
  run_id: z.string(),
  status: runStatusSchema,
  created_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  repository: z.object({ url: z.string(), name: z.string() }),
  base: z.object({ ref: z.string().nullable(), commit: z.string().nullable() }),
  prompt_sha256: sha256,
  /** One event per line, as `GET /runs/{id}/events` gives them. */
  events: z.object({ file: z.string(), count: z.int(), sha256 }),
  variations: z.array(
    z.object({
      variation_id: z.int(),
      agent: z.string(),
      /** Null where the agent does not say. */
      agent_version: z.string().nullable(),
      /** The one that was asked for. */
      model: z.string(),
      /** The ones that answered. */
      answered_by: z.array(z.string()),
      temperature: z.number().nullable(),
      instructions_sha256: sha256.nullable(),
      limits: limitsSchema,
      attempts: z.int(),
      state: variationStatusSchema,
      failure_code: z.enum(failureCodes).nullable(),
      dollars: z.number(),
      commit: z.string().nullable(),
      tree: z.string().nullable(),
      /** For `git am` at the base; null without a tree. */
      patch: z.object({ file: z.string(), sha256 }).nullable(),
    }),
  ),
  /** Trees that people put together; their recipes are in the log, what they wrote by hand is in the patches only. */
  compositions: z
    .array(
      z.object({
        number: z.int(),
        name: z.string().nullable(),
        /** By index; null where a variation had no tree. */
        sources: z.array(z.string().nullable()),
        commit: z.string(),
        tree: z.string(),
        patch: z.object({ file: z.string(), sha256 }),
      }),
    )
    .default([]),
  selection: z.object({ variation_id: z.int().nullable(), composition: z.int().nullable().default(null), commit: z.string() }).nullable(),
});
export type BundleManifest = z.infer<typeof bundleManifestSchema>;
