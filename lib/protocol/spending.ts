import { z } from "zod";
import { priceTableSchema } from "../pricing/price-table";

/** What is spent and what may be: calls to models, projects' budgets, prices. */
const dollars = z.number().nullable();

export const callsQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(100).optional(),
});

export const modelCallSchema = z.object({
  call_id: z.string(),
  variation_id: z.int(),
  attempt: z.int(),
  requested_model: z.string(),
  model: z.string(),
  outcome: z.enum(["open", "answered", "cut", "refused", "failed", "lost"]),
  status: z.int().meta({ description: "HTTP status; 0 where there was no answer." }),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cache_read_tokens: z.int(),
  cache_write_5m_tokens: z.int(),
  cache_write_1h_tokens: z.int(),
  dollars: dollars.meta({ description: "Null: no price is known for this model." }),
  started_at: z.iso.datetime(),
  first_byte_ms: z.number().nullable(),
  total_ms: z.number().nullable(),
  request_id: z.string().nullable(),
  error: z.string().nullable(),
  request_body: z.string().nullable().meta({ description: "Only where the server keeps bodies." }),
  response_body: z.string().nullable(),
});
export const callsResponseSchema = z.object({ calls: z.array(modelCallSchema), next_cursor: z.string().nullable() });
export type CallsResponse = z.infer<typeof callsResponseSchema>;

export const projectSchema = z.object({
  project_id: z.string(),
  url: z.string(),
  name: z.string(),
  created_at: z.iso.datetime(),
  used_at: z.iso.datetime(),
  monthly_dollars: dollars.meta({ description: "What all runs may spend in a calendar month (UTC); null: no cap." }),
  spent_this_month: z.number(),
});
export type ProjectResponse = z.infer<typeof projectSchema>;

export const projectIdSchema = z.string().regex(/^[a-z0-9-]{1,64}$/, "This is no project id.");
export const listProjectsQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(30),
  cursor: z.string().max(100).optional(),
});
export const listProjectsResponseSchema = z.object({ projects: z.array(projectSchema), next_cursor: z.string().nullable() });
export type ListProjectsResponse = z.infer<typeof listProjectsResponseSchema>;

export const updateProjectSchema = z.strictObject({
  monthly_dollars: z
    .number("Give US dollars per calendar month, or null for no cap.")
    .positive("Give an amount above 0, or null for no cap.")
    .max(1_000_000)
    .nullable(),
});

export const pricesResponseSchema = priceTableSchema.extend({
  edited: z.boolean().meta({ description: "False: the table that this version came with." }),
});
export type PricesResponse = z.infer<typeof pricesResponseSchema>;
