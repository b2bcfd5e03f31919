import { z } from "zod";
import { CHECK_TARGET, checkKinds, checkVerdicts, crossOutcomes } from "./check-names";

const target = z.string().regex(CHECK_TARGET);
/** Names one time that a check ran on a target: 20 hexadecimal digits. */
const id = z.string();
const count = z.int().nonnegative();

/** One test that is worth naming. `message`: the beginning of what it said. */
export const namedTestSchema = z.object({ name: z.string(), file: z.string().optional(), message: z.string().optional() });
export type NamedTest = z.infer<typeof namedTestSchema>;

/** One complaint of a linter, a type checker or a scanner. Secrets are never in it, only what kind they are and where. */
export const namedFindingSchema = z.object({
  file: z.string(),
  /** From 1; 0 where it concerns the file as a whole. */
  line: count,
  rule: z.string(),
  severity: z.enum(["error", "warning"]),
  message: z.string(),
});
export type NamedFinding = z.infer<typeof namedFindingSchema>;

export const testCountsSchema = z.object({
  total: count,
  passed: count,
  failed: count,
  skipped: count,
  /** Of `total`: both passed and failed on this tree; counted neither as passed nor as failed. */
  flaky: count,
  /** The first of them. */
  failing: z.array(namedTestSchema),
});
export type TestCounts = z.infer<typeof testCountsSchema>;

export const findingCountsSchema = z.object({ errors: count, warnings: count, first: z.array(namedFindingSchema) });
export type FindingCounts = z.infer<typeof findingCountsSchema>;

export const coverageCountsSchema = z.object({
  /** Changed lines that ran, of those that can; both 0 on the base. */
  covered: count,
  coverable: count,
  /** Lines of the whole tree, in percent, as far as the report goes. */
  total: z.number().min(0).max(100).nullable(),
  /** The first changed files with lines that never ran. */
  missed: z.array(z.object({ path: z.string(), lines: z.array(z.int().positive()) })),
});
export type CoverageCounts = z.infer<typeof coverageCountsSchema>;

/** What a finished check found; parts that it says nothing of are absent. */
export const checkResultSchema = z.object({
  verdict: z.enum(checkVerdicts),
  /** True: it had run before for this tree, command and environment; the duration is that run's. */
  cached: z.boolean(),
  durationMs: z.number().nonnegative(),
  exitCode: z.int().nullable(),
  /** Why, for people; always there for `error` and `skipped`. */
  reason: z.string().optional(),
  tests: testCountsSchema.optional(),
  findings: findingCountsSchema.optional(),
  coverage: coverageCountsSchema.optional(),
  size: z.object({ files: count, added: count, deleted: count, maxLines: count.nullable() }).optional(),
  /** The end of the output. */
  tail: z.string(),
  /** Characters of the whole output. */
  outputLength: count,
});
export type CheckOutcome = z.infer<typeof checkResultSchema>;

/** A check of a target held against the same check of the base. */
export const checkComparisonSchema = z.object({
  tests: z
    .object({
      /** Ran well on the base and fail now. */
      broken: count,
      /** The first of them. */
      brokenFirst: z.array(namedTestSchema),
      fixed: count,
      stillFailing: count,
      stillPassing: count,
      /** Only the target has them. */
      added: z.object({ passed: count, failed: count, skipped: count, failing: z.array(namedTestSchema) }),
      /** Only the base has them. */
      removed: count,
      newlySkipped: count,
      flaky: count,
      /** One of the reports is not whole: counts may be off. */
      incomplete: z.boolean(),
    })
    .optional(),
  findings: z.object({ introduced: count, fixed: count, kept: count, introducedFirst: z.array(namedFindingSchema) }).optional(),
  /** It passed on the base and fails now. */
  broke: z.boolean(),
});
export type CheckComparison = z.infer<typeof checkComparisonSchema>;

/** The life of checks and cross-tests. They belong to the run, so the events carry no `variation` outside. */
export const checkEventSchemas = [
  z.object({
    type: z.literal("check.queued"),
    id,
    target,
    /** Of the commit whose tree is checked. */
    commit: z.string(),
    tree: z.string(),
    /** Stable in a project: `npm:test`. The newest result of a target and a check counts. */
    check: z.string(),
    name: z.string(),
    kind: z.enum(checkKinds),
    /** Absent for what the server does itself. */
    command: z.string().optional(),
    /** A restarted server tries once more what it had under way. */
    again: z.boolean().optional(),
  }),
  z.object({ type: z.literal("check.started"), id }),
  z.object({ type: z.literal("check.finished"), id, ...checkResultSchema.shape }),
  /** Comes once the check has finished on the base as well. */
  z.object({ type: z.literal("check.compared"), id, baseId: z.string(), ...checkComparisonSchema.shape }),
  z.object({
    type: z.literal("crosstest.queued"),
    id,
    /** Whose new or changed tests. */
    tests: target,
    /** On whose code. */
    code: target,
    /** Test files that are applied. */
    files: count,
    /** Of both trees. */
    testsTree: z.string(),
    codeTree: z.string(),
  }),
  z.object({ type: z.literal("crosstest.started"), id }),
  z.object({
    type: z.literal("crosstest.finished"),
    id,
    outcome: z.enum(crossOutcomes),
    cached: z.boolean(),
    durationMs: z.number().nonnegative(),
    reason: z.string().optional(),
    passed: count,
    /** Of the tests in those files. */
    total: count,
    failing: z.array(namedTestSchema),
    tail: z.string(),
    outputLength: count,
  }),
] as const;

export type CheckEvent = z.infer<(typeof checkEventSchemas)[number]>;
