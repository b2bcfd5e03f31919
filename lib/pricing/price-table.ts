import { z } from "zod";

const perMillion = z.number().min(0).max(100_000);

/** Dollars per million tokens. */
const ratesSchema = z.strictObject({
  input: perMillion,
  output: perMillion,
  cache_read: perMillion,
  cache_write_5m: perMillion.optional().meta({ description: "1.25 times the input's price unless given." }),
  cache_write_1h: perMillion.optional().meta({ description: "Twice the input's price unless given." }),
});

const modelPriceSchema = ratesSchema.extend({
  above: ratesSchema
    .extend({ prompt_tokens: z.int().min(1) })
    .optional()
    .meta({ description: "The whole request is charged at these rates once its prompt, cache included, is longer than `prompt_tokens`." }),
});

/** Prices are data: they are only right for their day, so they say where they come from and when they were read. */
export const priceTableSchema = z.strictObject({
  source: z.string().min(1).max(300),
  date: z.iso.date("Give the day on which the prices were read, as YYYY-MM-DD."),
  models: z.record(z.string().min(1).max(200), modelPriceSchema).refine((models) => Object.keys(models).length <= 500, {
    error: "500 models at most.",
  }),
});

export type Rates = z.infer<typeof ratesSchema>;
export type ModelPrice = z.infer<typeof modelPriceSchema>;
export type PriceTable = z.infer<typeof priceTableSchema>;

/** What holds until somebody edits it. The first model is the sensible default. */
export const builtInPrices: PriceTable = {
  source: "Anthropic's price pages",
  date: "2026-11-20",
  models: {
    "claude-sonnet-5-5": { input: 2, output: 10, cache_read: 0.1 },
    "claude-opus-5-5": { input: 4, output: 20, cache_read: 0.2 },
    "claude-fable-5-1": { input: 10, output: 50, cache_read: 0.25 },
    "claude-haiku-5-5": {
      input: 0.1,
      output: 0.5,
      cache_read: 0.01,
      above: { prompt_tokens: 100_000, input: 0.5, output: 2.5, cache_read: 0.05 },
    },
  },
};
