import { z } from "zod";
import { checkComparisonSchema, checkResultSchema, namedFindingSchema, namedTestSchema } from "../run/check-events";
import { CHECK_TARGET, checkKinds, checkVerdicts, crossOutcomes } from "../run/check-names";

const targetSchema = z.string().regex(CHECK_TARGET, "Give base, a to e, or composition-1 and so on.");
const checkIdSchema = z.string().min(1).max(100);
/** Kinds that a command of the project's can have. */
export const commandKinds = ["build", "types", "lint", "test", "coverage"] as const;

/** One check of a project: detected, configured, or the server's own (`command` is null). */
export const projectCheckSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(checkKinds),
  command: z.string().nullable(),
  /** The file that says so; null for configured ones and for the server's own. */
  from: z.string().nullable(),
  enabled: z.boolean(),
  /** Its own limit; absent: the project's. */
  minutes: z.number().optional(),
});
export type ProjectCheck = z.infer<typeof projectCheckSchema>;

export const configuredCheckSchema = z.strictObject({
  name: z.string().trim().min(1, "Give the check a name.").max(60, "A name has 60 characters at most."),
  command: z
    .string()
    .trim()
    .min(1, "Give the command that is to run.")
    .max(4_000, "A command has 4000 characters at most: put a longer one into a script of the repository.")
    .refine((command) => !command.includes("\0"), "The command may not hold a NUL character.")
    .meta({ description: "For a shell in the sandbox, at the root of the tree." }),
  kind: z.enum(commandKinds),
  minutes: z.number().positive().max(120).optional().meta({ description: "How long it may take; the project's `minutes` otherwise." }),
});
export type ConfiguredCheck = z.infer<typeof configuredCheckSchema>;

/** How a project is checked, whole: `PUT` replaces all of it. */
export const changeProjectChecksSchema = z.strictObject({
  automatic: z
    .boolean()
    .default(true)
    .meta({ description: "Check each variation as soon as it ends with a snapshot, and the base, where a sandbox is there." }),
  configured: z
    .array(configuredCheckSchema)
    .max(20)
    .default([])
    .refine((all) => new Set(all.map(({ name }) => name.toLowerCase())).size === all.length, "Each check needs a name of its own.")
    .meta({ description: "Commands beside those that are detected." }),
  disabled: z.array(checkIdSchema).max(100).default([]).meta({ description: "Ids of checks that are not to run." }),
  max_lines: z
    .int()
    .min(1)
    .max(1_000_000)
    .nullable()
    .default(null)
    .meta({ description: "Changed lines beyond which the size fails; null: it is only shown." }),
  minutes: z.number().positive().max(120).default(15).meta({ description: "How long one check may take." }),
  stop_when_passed: z
    .boolean()
    .default(false)
    .meta({ description: "Stop the other variations once one has ended and passes all of its checks." }),
});
export type ChangeProjectChecks = z.input<typeof changeProjectChecksSchema>;
export type ProjectChecksSettings = z.output<typeof changeProjectChecksSchema>;

export const projectChecksSchema = z.object({
  project_id: z.string(),
  ...changeProjectChecksSchema.shape,
  /** Detected on the base of the project's newest run, configured, and the server's own; disabled ones too. */
  checks: z.array(projectCheckSchema),
  /** Whether commands can be run at all on this server, and if not why and what to do. */
  available: z.object({ possible: z.boolean(), reason: z.string().nullable() }),
});
export type ProjectChecksResponse = z.infer<typeof projectChecksSchema>;

const statusSchema = z.enum(["queued", "running", ...checkVerdicts]);

/** One time that a check ran on a target; the newest of each pair. */
export const checkRunSchema = z.object({
  id: z.string(),
  target: z.string(),
  commit: z.string(),
  tree: z.string(),
  check: z.string(),
  name: z.string(),
  kind: z.enum(checkKinds),
  command: z.string().nullable(),
  status: statusSchema,
  queued_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable(),
  ended_at: z.iso.datetime().nullable(),
  /** As in the event `check.finished`: counts, and the first of what is worth naming. */
  outcome: checkResultSchema.nullable(),
  /** As in `check.compared`. */
  comparison: checkComparisonSchema.nullable(),
});
export type CheckRunResponse = z.infer<typeof checkRunSchema>;

export const crossTestSchema = z.object({
  id: z.string(),
  /** Whose tests, on whose code. */
  tests: z.string(),
  code: z.string(),
  files: z.int(),
  status: z.enum(["queued", "running", ...crossOutcomes]),
  passed: z.int(),
  total: z.int(),
  duration_ms: z.number().nullable(),
  cached: z.boolean(),
  reason: z.string().nullable(),
  failing: z.array(namedTestSchema),
  tail: z.string(),
  output_length: z.int(),
});
export type CrossTestResponse = z.infer<typeof crossTestSchema>;

export const runChecksSchema = z.object({
  available: z.object({ possible: z.boolean(), reason: z.string().nullable() }),
  automatic: z.boolean(),
  /** What would run now. */
  checks: z.array(projectCheckSchema),
  runs: z.array(checkRunSchema),
  cross_tests: z.array(crossTestSchema),
});
export type RunChecksResponse = z.infer<typeof runChecksSchema>;

/** One check with everything that is kept of it beside the log: all tests, findings and missed lines, up to 5,000 each. */
export const checkDetailsSchema = checkRunSchema.extend({
  tests: z.array(
    namedTestSchema.extend({ status: z.enum(["passed", "failed", "skipped", "errored", "flaky"]), duration_ms: z.number().nullable() }),
  ),
  findings: z.array(namedFindingSchema),
  missed: z.array(z.object({ path: z.string(), lines: z.array(z.int()) })),
  /** Lists of the comparison, whole; null before there is one. */
  compared: z
    .object({
      broken: z.array(namedTestSchema),
      fixed: z.array(namedTestSchema),
      still_failing: z.array(namedTestSchema),
      added: z.array(namedTestSchema.extend({ status: z.enum(["passed", "failed", "skipped", "errored"]) })),
      removed: z.array(namedTestSchema),
      newly_skipped: z.array(namedTestSchema),
      flaky: z.array(namedTestSchema),
      introduced: z.array(namedFindingSchema),
      fixed_findings: z.array(namedFindingSchema),
    })
    .nullable(),
  /** Something was left out of one of the lists. */
  truncated: z.boolean(),
});
export type CheckDetailsResponse = z.infer<typeof checkDetailsSchema>;

export const startChecksSchema = z.strictObject({
  targets: z.array(targetSchema).min(1).max(20).optional().meta({ description: "Absent: every variation with a snapshot, and the base." }),
  checks: z.array(checkIdSchema).min(1).max(50).optional().meta({ description: "Ids of checks; absent: all that are enabled." }),
  force: z.boolean().default(false).meta({ description: "Also what is known for the same tree, command and environment." }),
});
export type StartChecksRequest = z.input<typeof startChecksSchema>;
export type StartChecksOrder = z.output<typeof startChecksSchema>;

export const startCrossTestsSchema = z.strictObject({
  tests: z.array(targetSchema).min(1).max(10).optional().meta({ description: "Whose tests; absent: every variation's with a snapshot." }),
  code: z
    .array(targetSchema)
    .min(1)
    .max(10)
    .optional()
    .meta({ description: "On whose code; absent: every variation with a snapshot, and the base." }),
  force: z.boolean().default(false),
});
export type StartCrossTestsRequest = z.input<typeof startCrossTestsSchema>;
export type StartCrossTestsOrder = z.output<typeof startCrossTestsSchema>;

export const crossMatrixSchema = z.object({
  /** Per target that wrote tests: the files it added or changed. */
  authors: z.array(z.object({ target: z.string(), files: z.array(z.string()) })),
  cells: z.array(crossTestSchema),
});
export type CrossMatrixResponse = z.infer<typeof crossMatrixSchema>;

/** How many were queued by a request; those that are known for the same tree end at once. */
export const startedSchema = z.object({ queued: z.int() });
export type StartedResponse = z.infer<typeof startedSchema>;

/** A check or a cross-test of a run. */
export const checkRunIdSchema = z.string().regex(/^[0-9a-f]{20}$/, "Take an id from the list of checks.");
export const outputQuerySchema = z.strictObject({
  from: z.coerce.number().int().min(0).default(0).meta({ description: "First character." }),
  limit: z.coerce.number().int().min(1).max(1_000_000).default(1_000_000),
});
