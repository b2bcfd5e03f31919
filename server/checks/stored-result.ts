import { z } from "zod";
import { checkVerdicts } from "@/lib/run/check-names";

const testCaseSchema = z.object({
  name: z.string(),
  file: z.string().optional(),
  status: z.enum(["passed", "failed", "skipped", "errored"]),
  message: z.string().optional(),
  durationMs: z.number().optional(),
});
const reportSchema = z.object({ cases: z.array(testCaseSchema), problem: z.string().optional() });
const findingSchema = z.object({
  file: z.string(),
  line: z.int(),
  rule: z.string(),
  severity: z.enum(["error", "warning"]),
  message: z.string(),
});

/** Everything that a check found on one tree; kept by tree, command and environment, and beside each run that used it. */
export const storedResultSchema = z.object({
  verdict: z.enum(checkVerdicts),
  exitCode: z.int().nullable(),
  durationMs: z.number(),
  reason: z.string().optional(),
  /** Of the first run, and where there was one of the second, of the files with failing tests; absent: nothing is known of tests. */
  reports: z.array(reportSchema).optional(),
  findings: z.object({ findings: z.array(findingSchema), problem: z.string().optional() }).optional(),
  coverage: z
    .object({
      covered: z.int(),
      coverable: z.int(),
      total: z.number().nullable(),
      missed: z.array(z.object({ path: z.string(), lines: z.array(z.int()) })),
    })
    .optional(),
  size: z.object({ files: z.int(), added: z.int(), deleted: z.int(), maxLines: z.int().nullable() }).optional(),
});
export type StoredResult = z.infer<typeof storedResultSchema>;
