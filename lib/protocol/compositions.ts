import { z } from "zod";
import { MAX_PICKED_LINES } from "../compare/line-picks";
import { marks } from "../compare/mark";
import { MAX_VARIATIONS } from "../run/bounds";
import { MAX_COMPOSITION_NAME, MAX_EDITED_TEXT } from "./bounds";
import { runIdSchema } from "./http";
import { fileMapResponseSchema } from "./map";

/** The wire of compositions: trees that are put together from what several variations did. */
const variation = z
  .int()
  .min(0)
  .max(MAX_VARIATIONS - 1);
const from = variation
  .nullable()
  .meta({ description: "Files that nothing is decided about are as in this variation; null: as in the base." });
const name = z.string().trim().min(1).max(MAX_COMPOSITION_NAME);
const path = z.string().min(1).max(4_096).meta({ description: "In the base; of a new file, where it was added." });

export const compositionPathSchema = z.object({ id: runIdSchema, number: z.coerce.number().int().min(1) });

export const createCompositionSchema = z.strictObject({ name: name.optional(), from: from.default(null) });
export type CreateCompositionRequest = z.input<typeof createCompositionSchema>;

const lineNumbers = z.array(z.int().min(0)).max(MAX_PICKED_LINES);
const lines = z.strictObject({ removed: lineNumbers, added: lineNumbers }).optional().meta({
  description:
    "Some of its changed lines: lines of the base that it takes away, by their place there, and lines that it adds, by their place among all that it adds; both from 0. Left out: all of it.",
});
const choiceSchema = z.union([
  z.strictObject({ row: z.string().max(100), cluster: z.string().max(100), lines }),
  z.strictObject({ row: z.string().max(100), variation, lines }),
]);

const fileChangeSchema = z
  .strictObject({
    path,
    take: z
      .enum(["start", "base", "a", "b", "c", "d", "e"])
      .optional()
      .meta({ description: "The whole file: a letter, base, or start for what it was before anything was decided about it." }),
    choices: z
      .array(choiceSchema)
      .max(5_000)
      .optional()
      .meta({ description: "What is taken in the file's rows; a row without a choice is as in the base. Ids as in the hunks." }),
    text: z
      .string()
      .max(MAX_EDITED_TEXT)
      .nullable()
      .optional()
      .meta({ description: "The whole text as it was written by hand; null takes hand edits back. Left out: they stay." }),
    new: z
      .literal(true)
      .optional()
      .meta({ description: "With text: refused when there is such a file already, in the base or in a variation." }),
  })
  .refine((change) => change.new === undefined || typeof change.text === "string", {
    path: ["text"],
    message: "Give the text of the new file.",
  })
  .refine((change) => change.take === undefined || change.choices === undefined, {
    path: ["choices"],
    message: "Give either take or choices.",
  });

export const changeCompositionSchema = z.strictObject({
  version: z.int().min(1).meta({ description: "The version that this change was made on; refused when it is another one by now." }),
  name: name.nullable().optional(),
  from: from.optional(),
  files: z.array(fileChangeSchema).max(2_000).optional().meta({ description: "What is not named stays." }),
  refresh: z.literal(true).optional().meta({ description: "Take the variations as they are now; what is not there any more is dropped." }),
  as_of: z.int().min(1).optional().meta({ description: "Make it what it was at this version." }),
});
export type ChangeCompositionRequest = z.input<typeof changeCompositionSchema>;
export type CompositionOrder = z.output<typeof changeCompositionSchema>;

export const compositionSchema = z.object({
  number: z.int(),
  name: z.string().nullable(),
  from: z.int().nullable(),
  version: z.int(),
  by: z.string(),
  created_at: z.iso.datetime(),
  changed_at: z.iso.datetime(),
  commit: z.string(),
  tree: z.string(),
  totals: z.object({ files: z.int(), added: z.int(), deleted: z.int() }),
  variations: z.array(z.int()).meta({ description: "Whose work is in it." }),
  lines: z.array(z.int()).meta({ description: "By variation: how many lines are from it." }),
  hand_lines: z.int(),
  agent_lines: z.int().meta({ description: "Written by agents that were asked to make it fit together." }),
  files: z.array(z.object({ path: z.string(), choices: z.array(choiceSchema), edited: z.boolean() })),
  selected: z.boolean(),
});
export type CompositionResponse = z.infer<typeof compositionSchema>;

const staleSchema = z.object({ path: z.string(), rows: z.array(z.string()) });

export const changedCompositionSchema = compositionSchema.extend({
  dropped: z.array(staleSchema).meta({ description: "What a refresh had to drop: it is not there any more, or in conflict now." }),
});
export type ChangedCompositionResponse = z.infer<typeof changedCompositionSchema>;

export const compositionDetailSchema = compositionSchema.extend({
  outdated: z.array(z.int()).meta({ description: "Variations that have gone on since: refresh takes their newest state." }),
  stale: z.array(staleSchema).meta({ description: "What is taken and is not there any more in the newest state." }),
});
export type CompositionDetailResponse = z.infer<typeof compositionDetailSchema>;

export const compositionListSchema = z.object({ compositions: z.array(compositionSchema) });
export type CompositionListResponse = z.infer<typeof compositionListSchema>;

const outlineSchema = z.object({
  path: z.string(),
  inBase: z.boolean(),
  mark: z.enum(marks),
  rows: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(["lines", "content", "path", "mode"]),
      start: z.int(),
      end: z.int(),
      title: z.string().optional(),
      mark: z.enum(marks),
      clusters: z.array(
        z.object({
          id: z.string(),
          number: z.int(),
          variations: z.array(z.int()),
          added: z.int(),
          removed: z.int(),
          excludes: z.array(z.int()),
          kind: z.enum(["lines", "deleted", "content", "path", "mode"]),
          detail: z.string().optional(),
          pieces: z
            .array(z.object({ start: z.int(), end: z.int(), numbers: z.array(z.int()) }))
            .optional()
            .meta({ description: "Which lines it changes, where another version excludes it; equal lines have equal numbers." }),
        }),
      ),
    }),
  ),
});

export const hunksResponseSchema = z.object({ sources: z.array(z.string().nullable()), files: z.array(outlineSchema) });
export type HunksResponse = z.infer<typeof hunksResponseSchema>;

export const composedFileQuerySchema = z.strictObject({ path });

export const composedFileSchema = z.object({
  path: z.string(),
  version: z.int(),
  new_path: z.string().nullable().meta({ description: "Where it is in the composition; null: it is not there." }),
  mode: z.string().nullable(),
  /** Null where there is no file, or none with lines. */
  text: z.string().nullable(),
  base: z.string().nullable(),
  binary: z.boolean(),
  edited: z.boolean(),
  origins: z.array(z.object({ start: z.int(), end: z.int(), variations: z.array(z.int()), agent: z.literal(true).optional() })).meta({
    description: "Lines from 1, both ends included, that are not the base's; without variations: written by hand, or by an agent.",
  }),
  map: fileMapResponseSchema.nullable().meta({ description: "Who says what in its rows; null where no variation changed it." }),
});
export type ComposedFileResponse = z.infer<typeof composedFileSchema>;
