import { z } from "zod";
import { marks } from "../compare/mark";
import { generatedReasons } from "../diff/generated-files";
import { MAX_DIFF_PAGE } from "./bounds";

/** The wire of the N-way map: who changed what, who agrees with whom, what excludes what. */
const DEFAULT_MAP_PAGE = 2_000;

const markSchema = z.enum(marks).meta({
  description: "all: every variation with a tree made the same of it; some; only: one; conflict: what excludes each other; none: nobody.",
});
const markBySchema = z.object({ exact: markSchema, space: markSchema, imports: markSchema }).meta({
  description: "By what counts as the same: the same text; the same up to white space; up to the order of imports as well.",
});
const countsSchema = z.object({ all: z.int(), some: z.int(), only: z.int(), conflict: z.int() });
const countsBySchema = z.object({ exact: countsSchema, space: countsSchema, imports: countsSchema });
const marksBySchema = z.object({ exact: z.array(markSchema), space: z.array(markSchema), imports: z.array(markSchema) });

const sidesSchema = z
  .string()
  .regex(
    /^[a-e](@(turn-)?[1-9]\d{0,5})?(,[a-e](@(turn-)?[1-9]\d{0,5})?){0,4}$/,
    "Give sides such as a@2,b@turn-1: variations as they were; all others are taken as they are now.",
  )
  .optional()
  .meta({ description: "Variations as they were, such as a@2,b@turn-1. All others are taken as they are now." });

export const mapQuerySchema = z.strictObject({
  sides: sidesSchema,
  limit: z.coerce.number().int().min(1).max(MAX_DIFF_PAGE).default(DEFAULT_MAP_PAGE),
  cursor: z.string().max(300).optional().meta({ description: "`next_cursor` of the page before." }),
});
export type MapQuery = z.infer<typeof mapQuerySchema>;

export const fileMapQuerySchema = z.strictObject({
  path: z.string().min(1).max(4_096).meta({ description: "In the base; of a new file, where it was added." }),
  after: z.coerce.number().int().min(0).default(0).meta({ description: "Rows to leave out: an answer holds 2,000 at most." }),
  sides: sidesSchema,
});
export type FileMapQuery = z.infer<typeof fileMapQuerySchema>;

const mapFileSchema = z.object({
  path: z.string().meta({ description: "In the base; of a new file, where it was added." }),
  in_base: z.boolean(),
  generated: z.enum(generatedReasons).nullable().meta({ description: "Why nobody wrote it by hand; null where somebody did." }),
  paths: z.array(z.string().nullable()).meta({ description: "By variation: where it has the file, if somewhere else." }),
  mark: markBySchema.meta({ description: "The worst of its rows." }),
  marks: marksBySchema.meta({ description: "By variation: the worst of the rows that it changed." }),
  rows: countsBySchema.meta({ description: "How many rows bear each mark." }),
});
export type MapFileRow = z.infer<typeof mapFileSchema>;

export const mapResponseSchema = z.object({
  base_commit: z.string(),
  /** By index; `commit` is null while a variation has no tree. */
  variations: z.array(z.object({ commit: z.string().nullable(), renames_complete: z.boolean() })),
  /** Of all pages. */
  total: z.int(),
  counts: countsBySchema.meta({ description: "Files of all pages by mark." }),
  files: z.array(mapFileSchema),
  next_cursor: z.string().nullable(),
});
export type MapResponse = z.infer<typeof mapResponseSchema>;

const rangeSchema = z.object({ start: z.int(), end: z.int() }).meta({ description: "0-based lines, the end left out." });

const clusterSchema = z.object({
  id: z.string().meta({ description: "Unique in its row; from the text, so that it stays while the text stays." }),
  number: z.int().meta({ description: "From 1; in a row, the same number means the same text." }),
  variations: z.array(z.int()),
  added: z.int(),
  removed: z.int(),
  kind: z.enum(["lines", "deleted", "content", "path", "mode"]),
  text: z.string().nullable().meta({
    description: "What it makes of the row: lines; the new path or mode; of content a text or the id of a blob; null where deleted.",
  }),
  truncated: z.boolean(),
  changes: z.array(z.object({ start: z.int(), end: z.int(), added: z.int() })).meta({
    description: "Which lines of the base it replaces (0-based, the end left out), each by how many lines; of lines only.",
  }),
  excludes: z.array(z.int()).meta({ description: "Numbers of the clusters of this row that cannot be taken with this one." }),
  like_up_to_space: z
    .int()
    .meta({ description: "The lowest number whose text is the same up to white space; its own where there is none." }),
  like_up_to_imports: z.int(),
});
export type MapCluster = z.infer<typeof clusterSchema>;

const mapRowSchema = z.object({
  id: z.string(),
  kind: z.enum(["lines", "content", "path", "mode"]).meta({
    description:
      "lines; or about the file as a whole: deleted or without lines (which excludes all rows of lines), its new path, its new mode.",
  }),
  start: z.int().meta({ description: "0-based lines of the base, the end left out; both the same where lines are only added." }),
  end: z.int(),
  title: z.string().nullable().meta({ description: "What it is about: a name declared there. A guess." }),
  text: z.string().nullable().meta({ description: "Lines of the base; null in rows about the file." }),
  mark: markBySchema,
  cells: z.array(z.int().nullable()).meta({ description: "By variation: the number of its cluster; null where it left the row alone." }),
  places: z.array(rangeSchema.nullable()).meta({ description: "By variation: the row in its text; null where that has no lines." }),
  clusters: z.array(clusterSchema),
});
export type MapRow = z.infer<typeof mapRowSchema>;

export const fileMapResponseSchema = z.object({
  path: z.string(),
  base_commit: z.string(),
  variations: z.array(
    z.object({ commit: z.string().nullable(), kind: z.enum(["unknown", "untouched", "deleted", "changed"]), path: z.string() }),
  ),
  /** Variations with a tree: the n of "k of n". */
  known: z.int(),
  mark: markBySchema,
  /** Of all rows, also those of other pages. */
  total: z.int(),
  rows: z.array(mapRowSchema),
});
export type FileMapResponse = z.infer<typeof fileMapResponseSchema>;
