import { z } from "zod";
import { generatedReasons } from "../diff/generated-files";
import { MAX_DIFF_PAGE } from "./bounds";

/** The wire of a run's trees: diffs, changes, files, contents. */
const DEFAULT_DIFF_PAGE = 2_000;

const objectIdSchema = z.string().regex(/^[0-9a-f]{40}$/, "Give a full object id: 40 hexadecimal digits.");
export const blobIdSchema = objectIdSchema;

/** See the message; snapshots and turns are counted from 1, over all attempts. */
export const diffSideSchema = z
  .string()
  .regex(
    /^(base|[a-e](@(turn-)?[1-9]\d{0,5})?|composition-[1-9]\d{0,3}|[0-9a-f]{40})$/,
    "A side is base, a letter a to e, a@2 (A's second snapshot), a@turn-1 (the end of A's first turn), composition-1, or a full commit id of this run.",
  );

const pageFields = {
  limit: z.coerce.number().int().min(1).max(MAX_DIFF_PAGE).default(DEFAULT_DIFF_PAGE),
  cursor: z.string().max(200).optional().meta({ description: "`next_cursor` of the page before." }),
};

export const diffQuerySchema = z.strictObject({
  from: diffSideSchema.default("base"),
  to: diffSideSchema,
  ignore_whitespace: z.enum(["0", "1"]).default("0").meta({ description: "1: lines that differ in white space only are not counted." }),
  ...pageFields,
});
export type DiffQuery = z.infer<typeof diffQuerySchema>;

export const changesQuerySchema = z.strictObject(pageFields);
export type ChangesQuery = z.infer<typeof changesQuerySchema>;

const fileStatusSchema = z.enum(["added", "modified", "deleted", "renamed"]);
const generatedSchema = z.enum(generatedReasons).nullable().meta({ description: "Why nobody wrote it by hand; null where somebody did." });
const pathSchema = z.string().meta({ description: "Bytes that are no UTF-8 are written as \\xNN." });
const totalsSchema = z.object({ files: z.int(), added: z.int(), deleted: z.int() });

export const fileDiffSchema = z.object({
  path: pathSchema,
  path_bytes: z.string().nullable().meta({ description: "Base64; only for a path that is no UTF-8." }),
  old_path: z.string().nullable(),
  status: fileStatusSchema,
  old_blob: z.string().nullable(),
  new_blob: z.string().nullable(),
  old_mode: z.string().nullable(),
  new_mode: z.string().nullable().meta({ description: "100644, 100755 (executable), 120000 (symbolic link), 160000 (submodule)." }),
  added: z.int(),
  deleted: z.int(),
  binary: z.boolean(),
  too_large: z.boolean().meta({ description: "Compared by id only: its lines were not counted." }),
  old_size: z.int().nullable().meta({ description: "Bytes; of binary files only." }),
  new_size: z.int().nullable(),
  generated: generatedSchema,
});
export type FileDiffRow = z.infer<typeof fileDiffSchema>;

export const diffResponseSchema = z.object({
  from: z.string(),
  to: z.string(),
  from_commit: z.string(),
  to_commit: z.string(),
  /** Of all pages. */
  totals: totalsSchema,
  renames_complete: z.boolean().meta({ description: "False: too much came and went; only identical ones were paired as renames." }),
  files: z.array(fileDiffSchema),
  next_cursor: z.string().nullable(),
});
export type DiffResponse = z.infer<typeof diffResponseSchema>;

/** What one variation did to one file, against the base. */
export const variationChangeSchema = z.object({
  status: fileStatusSchema,
  old_path: z.string().nullable(),
  new_blob: z.string().nullable(),
  new_mode: z.string().nullable(),
  added: z.int(),
  deleted: z.int(),
  binary: z.boolean(),
});

export const changesResponseSchema = z.object({
  base_commit: z.string(),
  /** By index; `commit` is null while a variation has no snapshot. */
  variations: z.array(z.object({ commit: z.string().nullable(), totals: totalsSchema, renames_complete: z.boolean() })),
  /** Of all pages. */
  total: z.int(),
  files: z.array(z.object({ path: pathSchema, generated: generatedSchema, variations: z.array(variationChangeSchema.nullable()) })),
  next_cursor: z.string().nullable(),
});
export type ChangesResponse = z.infer<typeof changesResponseSchema>;

export const filesQuerySchema = z
  .strictObject({
    at: diffSideSchema.default("base"),
    path: z.string().min(1).max(4_096).optional().meta({ description: "Instead of the list: the content of the file at this path." }),
    blob: blobIdSchema.optional().meta({ description: "Instead of the list: this blob's content." }),
  })
  .refine((query) => query.path === undefined || query.blob === undefined, { path: ["path"], message: "Give either path or blob." });

export const fileListResponseSchema = z.object({
  at: z.string(),
  commit: z.string(),
  files: z.array(z.object({ path: pathSchema, blob: z.string(), size: z.int(), mode: z.string() })),
});
export type FileListResponse = z.infer<typeof fileListResponseSchema>;

/** `text` is null for binary files and the beginning where `truncated`; the raw bytes are at `/runs/{id}/blobs/{blob}`. */
export const blobResponseSchema = z.object({
  blob: z.string(),
  size: z.int(),
  binary: z.boolean(),
  truncated: z.boolean(),
  text: z.string().nullable(),
});
export type BlobResponse = z.infer<typeof blobResponseSchema>;

/** A file at a side, in one call. Of a symbolic link the text is where it points to. */
export const fileResponseSchema = blobResponseSchema.extend({ at: z.string(), commit: z.string(), path: z.string(), mode: z.string() });
export type FileResponse = z.infer<typeof fileResponseSchema>;
