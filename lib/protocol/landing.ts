import { z } from "zod";
import { landingKinds, MAX_VARIATIONS } from "../run/bounds";
import { failureSchema } from "../run/failures";

/** Git's own rules for branch names (git-check-ref-format), and a dash in front, which git would take for an option. */
const WRONG_BRANCH = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^[-/.]|[/.]$|\.lock(\/|$)|\/\.|^(@|HEAD|refs\/.*)$/;
const branchSchema = z
  .string()
  .min(1)
  .max(200)
  .refine((name) => !WRONG_BRANCH.test(name), "This is no name of a branch.");
/** One line, and nothing that would end a name or an address in a commit. */
const linePart = z.string().trim().min(1).max(200);
const identitySchema = z.strictObject({
  name: linePart.regex(/^[^\u0000-\u001f<>]+$/, "A name holds no line breaks and no < or >."),
  email: linePart.regex(/^[^\u0000-\u0020<>]+@[^\u0000-\u0020<>]+$/, "An address looks like ada@example.com."),
});
const variation = z
  .int()
  .min(0)
  .max(MAX_VARIATIONS - 1);
const rebase = z
  .boolean()
  .default(false)
  .meta({ description: "Bring the work onto the newest commit of `onto`, where it is not there already." });
const onto = branchSchema
  .optional()
  .meta({ description: "Branch of the repository to rebase onto, or the pull request's base; the run's own otherwise." });
const update = z
  .boolean()
  .default(false)
  .meta({ description: "Replace what an earlier landing pushed to this branch, if it is still that." });

const common = {
  variation_id: variation.optional().meta({ description: "Any variation with a tree; the winner otherwise." }),
  composition: z.int().min(1).optional().meta({ description: "Number of a composition, instead of a variation." }),
  message: z.string().trim().min(1).max(20_000).optional().meta({ description: "Commit message; trailers are added." }),
  author: identitySchema.optional().meta({ description: "Who the commit is by; git's user.name and user.email otherwise." }),
  branch: branchSchema.optional().meta({ description: "Name of the branch that is made." }),
};

/** What is wanted, by kind. An option of another kind is an unknown field. */
export const landSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("branch"), ...common, rebase, onto }),
  z.strictObject({
    kind: z.literal("checkout"),
    ...common,
    checkout: z.string().min(1).max(2_000).optional().meta({ description: "Folder of the checkout; the run's own repository otherwise." }),
    mode: z.enum(["commit", "worktree", "branch"]).default("commit").meta({
      description: "commit: onto the branch that is checked out. worktree: as staged changes. branch: a new branch, checked out.",
    }),
    rebase: z.boolean().default(false).meta({ description: "For mode branch: start it at HEAD instead of the run's base." }),
    switch: z.boolean().default(true).meta({ description: "For mode branch: check it out." }),
    allow_filters: z.boolean().default(false).meta({ description: "The change may name filters that run a program of yours." }),
  }),
  z.strictObject({ kind: z.literal("push"), ...common, rebase, onto, update }),
  z.strictObject({
    kind: z.literal("pull_request"),
    ...common,
    rebase,
    onto,
    update,
    title: z.string().trim().min(1).max(250).optional(),
    body: z.string().max(60_000).optional(),
    draft: z.boolean().default(false),
  }),
]);
export type LandRequest = z.input<typeof landSchema>;
export type LandOrder = z.output<typeof landSchema>;

export const landingSchema = z.object({
  id: z.string(),
  kind: z.enum(landingKinds),
  variation_id: z.int().nullable(),
  composition: z.int().nullable().default(null),
  status: z.enum(["running", "finished", "failed"]),
  by: z.string(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  commit: z.string().nullable(),
  branch: z.string().nullable(),
  place: z.string().nullable(),
  url: z.string().nullable(),
  /** A command to type next. */
  next: z.string().nullable(),
  notes: z.array(z.string()),
  failure: failureSchema.nullable(),
});
export type LandingResponse = z.infer<typeof landingSchema>;

/** Why landing so is refused at the moment, and what to do. */
export const blockerSchema = z.object({ code: z.string(), message: z.string(), remedy: z.string(), paths: z.array(z.string()) });
export type Blocker = z.infer<typeof blockerSchema>;

export const landPreviewSchema = z.object({
  kind: z.enum(landingKinds),
  variation_id: z.int().nullable(),
  composition: z.int().nullable().default(null),
  /** Whether each kind can be used in this run, and why not. */
  ways: z.array(z.object({ kind: z.enum(landingKinds), possible: z.boolean(), reason: z.string().nullable() })),
  author: z.object({ name: z.string(), email: z.string() }).nullable(),
  message: z.string(),
  branch: z.string().nullable(),
  /** For people: where it would go. */
  place: z.string(),
  files: z.int(),
  checkout: z
    .object({
      path: z.string(),
      head: z.string(),
      branch: z.string().nullable(),
      in_progress: z.string().nullable(),
      dirty: z.array(z.string()),
    })
    .nullable(),
  /** Commits that the target has and the run's base has not. */
  moved: z
    .object({
      from: z.string(),
      to: z.string(),
      total: z.int(),
      commits: z.array(z.object({ commit: z.string(), subject: z.string(), author: z.string() })),
    })
    .nullable(),
  /** The work would be brought onto another commit than the one it was made on. */
  rebases: z.boolean(),
  /** What a rebase onto `moved.to` would meet, also when it is not asked for. */
  conflicts: z.array(
    z.object({
      path: z.string(),
      message: z.string(),
      hunks: z.array(z.object({ line: z.int(), ours: z.array(z.string()), theirs: z.array(z.string()) })),
    }),
  ),
  blockers: z.array(blockerSchema),
  warnings: z.array(z.string()),
});
export type LandPreviewResponse = z.infer<typeof landPreviewSchema>;

const exportVariation = z.coerce
  .number()
  .int()
  .min(0)
  .max(MAX_VARIATIONS - 1)
  .optional();
const exportComposition = z.coerce.number().int().min(1).optional();
export const patchQuerySchema = z.strictObject({ variation: exportVariation, composition: exportComposition });
export const archiveQuerySchema = z.strictObject({
  variation: exportVariation,
  composition: exportComposition,
  format: z.enum(["zip", "tar.gz"]).default("zip"),
});
