import { z } from "zod";

/** What the server leaves in its data folder for programs of the same operating-system user, and the wire of allowed folders. */

/** Mode 0600; holds nothing but the token of the server that runs now. */
export const LOCAL_TOKEN_FILE = "cli-token";
/** Who works on the data folder; stays behind when a server ends. */
export const OWNER_FILE = "server.json";

export const ownerSchema = z.object({
  pid: z.int(),
  /** For people: where they reach it. */
  address: z.string(),
  /** For programs on the same machine; absent until it listens. */
  local: z.url().optional(),
});
export type DataFolderOwner = z.infer<typeof ownerSchema>;

export const allowFolderSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(2_000)
    .meta({ description: "Absolute path of a folder on the server's machine: a git repository, or a folder with some." }),
});

export const allowedFolderSchema = z.object({
  /** Symbolic links are resolved. */
  path: z.string(),
  /** `configuration`: AIDEATOR_LOCAL_REPOS, cannot be removed here. */
  from: z.enum(["configuration", "person"]),
  allowed_at: z.iso.datetime().nullable(),
});
export const allowedFoldersSchema = z.object({ folders: z.array(allowedFolderSchema) });
export type AllowedFoldersResponse = z.infer<typeof allowedFoldersSchema>;
