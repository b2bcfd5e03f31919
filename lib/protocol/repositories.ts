import { z } from "zod";
import { baseRefSchema } from "./http";

/** The wire of what a composer asks about a repository before there is a run. */
const githubUrlSchema = z
  .string()
  .min(1)
  .max(2_000)
  .meta({ description: "As in `POST /runs`: a git URL, or an absolute path inside an allowed folder." });

export const branchesQuerySchema = z.strictObject({
  github_url: githubUrlSchema,
  query: z.string().max(250).default("").meta({ description: "Part of the name; letter case does not matter." }),
  base: baseRefSchema.optional().meta({ description: "A branch or tag whose commit is wanted as well." }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const branchSchema = z.object({ name: z.string(), commit: z.string() });

export const branchesResponseSchema = z.object({
  /** What a run starts from that names no base; null while there is no commit. */
  default_branch: branchSchema.nullable(),
  /** Those that match, the default one first, then by name. */
  branches: z.array(branchSchema),
  /** How many match; `branches` holds the first of them. */
  total: z.int(),
  /** The branch or tag that `base` names; null when it names none. It may still be a commit. */
  base: branchSchema.nullable(),
});
export type BranchesResponse = z.infer<typeof branchesResponseSchema>;

export const pathsQuerySchema = z.strictObject({
  github_url: githubUrlSchema,
  base: baseRefSchema.optional().meta({ description: "Branch, tag or commit; the default branch otherwise." }),
  query: z.string().max(250).default("").meta({ description: "A beginning, a part, or letters of the path in their order." }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const pathsResponseSchema = z.object({
  /** `fetching`: the repository is not here yet; it is being fetched, ask again. */
  state: z.enum(["ready", "fetching"]),
  commit: z.string().nullable(),
  /** Best match first; folders end with a slash. */
  paths: z.array(z.string()),
});
export type PathsResponse = z.infer<typeof pathsResponseSchema>;

export const localRepositoriesResponseSchema = z.object({
  /** By path, those inside allowed folders; `url` is what a run names. */
  repositories: z.array(z.object({ url: z.string(), name: z.string() })),
});
export type LocalRepositoriesResponse = z.infer<typeof localRepositoriesResponseSchema>;
