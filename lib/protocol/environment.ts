import { z } from "zod";

export const projectIdSchema = z.string().regex(/^[0-9a-f]{16}$/, "A project id is 16 hexadecimal digits.");

export const exposures = ["setup", "agent", "both"] as const;
export const exposeSchema = z.enum(exposures).meta({ description: "Who sees it: the set-up, the agent's commands, or both." });
export type Exposure = z.infer<typeof exposeSchema>;

/** Shorter ones would be found in innocent words, so they could not be kept out of events. */
export const SHORTEST_SECRET = 8;
const MAX_VALUE = 32_768;
const MAX_VARIABLES = 200;

export const variableNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "A name has letters, digits and underscores, and begins with no digit.")
  .refine((name) => !name.toUpperCase().startsWith("AIDEATOR_"), "Names that begin with AIDEATOR_ are the server's own.");
const valueSchema = z
  .string()
  .max(MAX_VALUE, `A value may have ${MAX_VALUE} characters at most.`)
  .refine((value) => !value.includes("\0"), "A value may not hold a NUL character.");
const secretValueSchema = valueSchema
  .max(8_192, "A secret may have 8192 characters at most.")
  .refine(
    (value) => value.trim().length >= SHORTEST_SECRET,
    `A secret must have at least ${SHORTEST_SECRET} characters, or it could not be told from other text and kept out of the log. Keep shorter ones as plain variables.`,
  );

const named = <T extends z.ZodType>(schema: T) =>
  z.record(variableNameSchema, schema).refine((all) => Object.keys(all).length <= MAX_VARIABLES, `At most ${MAX_VARIABLES} at once.`);

export const changeEnvironmentSchema = z.strictObject({
  setup_command: z
    .string()
    .max(4_000)
    .refine((command) => !command.includes("\0"), "The command may not hold a NUL character.")
    .nullable()
    .optional()
    .meta({ description: "For a shell at the root of the tree; null or empty: the detected one." }),
  enabled: z.boolean().optional(),
  seed_from_checkout: z.boolean().optional().meta({ description: "Take over a local checkout's folders when its lock file is the same." }),
  domains: z
    .array(z.string().min(1).max(260))
    .max(100)
    .optional()
    .meta({ description: "Hosts that the set-up may reach beside the registries: `host`, `*.host`, with `:port` unless 80 or 443." }),
  env: named(z.union([valueSchema, z.strictObject({ value: valueSchema.optional(), expose: exposeSchema.optional() }), z.null()]))
    .optional()
    .meta({ description: "Plain variables to set; null removes one. Others stay." }),
  secrets: named(
    z.union([secretValueSchema, z.strictObject({ value: secretValueSchema.optional(), expose: exposeSchema.optional() }), z.null()]),
  )
    .optional()
    .meta({ description: "Secrets to set; null removes one. Others stay. They are never given out again." }),
});
export type ChangeEnvironmentRequest = z.infer<typeof changeEnvironmentSchema>;

export const dotenvSchema = z.strictObject({
  text: z.string().max(262_144, "A dotenv file may have 262144 characters at most."),
  secret: z.boolean().default(true).meta({ description: "Whether its values are secrets; true by default." }),
  expose: exposeSchema.default("agent"),
});
export type DotenvRequest = z.input<typeof dotenvSchema>;

/** What a run found in its base. */
export const detectedSetupSchema = z.object({
  name: z.string(),
  command: z.string().nullable(),
  /** What to install where no program can do it. */
  missing: z.string().nullable(),
  locks: z.array(z.string()),
  domains: z.array(z.string()),
});

export const environmentResponseSchema = z.object({
  project_id: z.string(),
  name: z.string(),
  repository_url: z.string(),
  /** What the newest run found in its base; null before the first one, and where no lock file is. */
  detected: detectedSetupSchema.nullable(),
  /** Null: the detected one. */
  setup_command: z.string().nullable(),
  enabled: z.boolean(),
  seed_from_checkout: z.boolean(),
  domains: z.array(z.string()),
  env: z.array(z.object({ name: z.string(), value: z.string(), expose: exposeSchema })),
  secrets: z.array(z.object({ name: z.string(), expose: exposeSchema, updated_at: z.iso.datetime() })),
  /** How the newest set-up went; null before the first one. */
  last: z
    .object({ ok: z.boolean(), skipped: z.boolean(), reason: z.string().nullable(), command: z.string().nullable(), at: z.iso.datetime() })
    .nullable(),
  /** Bytes of all that is kept for this project. */
  kept_bytes: z.number(),
});
export type EnvironmentResponse = z.infer<typeof environmentResponseSchema>;
