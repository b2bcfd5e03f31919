import { z } from "zod";
import { sandboxReportSchema } from "./http";

const bytes = z.number().nonnegative();

/** What is removed, kept and measured of what lies around on the server; from its newest look. */
export const reconcileReportSchema = z.object({
  at: z.string(),
  took_ms: z.number(),
  actions: z.array(z.object({ kind: z.string(), what: z.string(), why: z.string(), bytes: bytes.nullable() })),
  kept: z.array(z.object({ what: z.string(), why: z.string(), bytes })),
  errors: z.array(z.object({ what: z.string(), message: z.string() })),
  disk: z
    .object({
      total_bytes: bytes,
      free_bytes: bytes,
      by_kind: z.record(z.string(), bytes),
      /** True: the figures are lower bounds. */
      at_least: z.boolean(),
    })
    .nullable(),
});
export type ReconcileReportResponse = z.infer<typeof reconcileReportSchema>;

/** `GET /server`. */
export const serverStatusSchema = z.object({
  version: z.string(),
  started_at: z.string(),
  data_dir: z.string(),
  queue: z.object({ running: z.int(), waiting: z.int(), capacity: z.int() }),
  sandbox: sandboxReportSchema,
  retention: z.object({ kept_trees_days: z.number(), trash_days: z.number() }),
  /** Null until the first look is over. */
  reconcile: reconcileReportSchema.nullable(),
});
export type ServerStatusResponse = z.infer<typeof serverStatusSchema>;
