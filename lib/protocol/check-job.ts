import { z } from "zod";

/** What the server and the program that runs a check in a sandbox say to each other. Paths are those inside. */
export const CHECK_JOB_FILE = "/opt/aideator/check/job.json";
export const CHECK_PROGRAM_FILE = "/opt/aideator/check/check.mjs";
export const CHECK_REPORTER_FILE = "/opt/aideator/check/test-reporter.mjs";
export const CHECK_REPORTS_FOLDER = "/tmp/check-reports";

export const checkJobSchema = z.object({
  /** For a shell at the root of the tree. */
  command: z.string(),
  /** Ask runners for coverage: never, where it costs next to nothing and cannot fail (node:test), or wherever one can. */
  coverage: z.enum(["none", "cheap", "all"]),
  /** Run failing test files once more. */
  again: z.boolean(),
  /** Test files, relative to the tree; absent: all. */
  only: z.array(z.string()).optional(),
});
export type CheckJob = z.infer<typeof checkJobSchema>;

/** `meta.json` in the reports folder, beside the folders `first` and `again`. */
export const checkMetaSchema = z.object({ code: z.int(), durationMs: z.number(), againCode: z.int().optional() });
export type CheckMeta = z.infer<typeof checkMetaSchema>;
