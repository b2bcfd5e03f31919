import { z } from "zod";

/** What people set for the whole server, and what they can only look at. */
export const setProviderKeySchema = z.strictObject({
  key: z
    .string("Give the key as text.")
    .trim()
    .min(8, "A key has at least 8 characters: copy it whole.")
    .max(1_000, "A key has at most 1,000 characters: copy nothing but the key.")
    .regex(/^[\x21-\x7e]+$/, "A key has no spaces or line breaks inside: copy nothing but the key."),
});

export const providerSettingsSchema = z.object({
  base_url: z.string().meta({ description: "Where calls go; from ANTHROPIC_BASE_URL, or Anthropic's own." }),
  base_url_from_environment: z.boolean(),
  key: z
    .object({
      from: z.enum(["settings", "environment"]),
      set_at: z.iso.datetime().nullable(),
      ends_in: z.string().nullable().meta({ description: "The last four characters of a key that was entered here." }),
    })
    .nullable()
    .meta({ description: "The key in force; never the key itself." }),
  environment_key: z.boolean().meta({ description: "ANTHROPIC_API_KEY is set: it counts where no key was entered." }),
  demo: z.boolean().meta({ description: "Neither key nor address: the demo model answers." }),
});
export type ProviderSettingsResponse = z.infer<typeof providerSettingsSchema>;

export const providerTestSchema = z.object({
  ok: z.boolean(),
  asked: z.string().meta({ description: "The one request that was sent." }),
  status: z.int().meta({ description: "HTTP status; 0 where there was no answer." }),
  said: z.string().meta({ description: "What the provider answered, in its words where it gave any." }),
  remedy: z.string().nullable(),
  took_ms: z.number(),
});
export type ProviderTestResponse = z.infer<typeof providerTestSchema>;

const configuredSchema = z.object({
  name: z.string(),
  value: z.string(),
  meaning: z.string(),
  variable: z.string().nullable().meta({ description: "The environment variable that sets it; null: it is fixed, or belongs to a run." }),
  from_environment: z.boolean(),
});
export type Configured = z.infer<typeof configuredSchema>;

const availableSchema = z.object({ id: z.string(), name: z.string(), can_run: z.boolean(), why: z.string() });
export type Available = z.infer<typeof availableSchema>;

/** `GET /settings`: what this server was started with. */
export const serverSettingsSchema = z.object({
  agents: z.array(availableSchema),
  models: z.array(availableSchema),
  limits: z.array(configuredSchema),
  retention: z.array(configuredSchema),
});
export type ServerSettingsResponse = z.infer<typeof serverSettingsSchema>;
