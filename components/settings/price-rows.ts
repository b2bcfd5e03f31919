import type { ModelPrice, PriceTable, Rates } from "@/lib/pricing/price-table";

/** The prices of a request, as they are typed: dollars per million tokens; empty where a default counts. */
export interface RateFields {
  input: string;
  output: string;
  cache_read: string;
  cache_write_5m: string;
  cache_write_1h: string;
}
export type RateName = keyof RateFields;

/** A model with its prices; `above` counts for prompts longer than so many tokens. */
export interface PriceRow {
  /** Tells rows apart while names are typed. */
  key: string;
  model: string;
  rates: RateFields;
  above: { tokens: string; rates: RateFields } | undefined;
}

export const rateNames: readonly RateName[] = ["input", "output", "cache_read", "cache_write_5m", "cache_write_1h"];
export const rateTitles: Record<RateName, string> = {
  input: "Input",
  output: "Output",
  cache_read: "Cache read",
  cache_write_5m: "Cache write, 5 min",
  cache_write_1h: "Cache write, 1 h",
};
const OPTIONAL: readonly RateName[] = ["cache_write_5m", "cache_write_1h"];
const MOST = 100_000;

export function emptyRow(key: string, model = ""): PriceRow {
  return { key, model, rates: { input: "", output: "", cache_read: "", cache_write_5m: "", cache_write_1h: "" }, above: undefined };
}

export function rowsOf({ models }: PriceTable): PriceRow[] {
  return Object.entries(models).map(([model, price]) => ({
    key: model,
    model,
    rates: fieldsOf(price),
    above: price.above === undefined ? undefined : { tokens: String(price.above.prompt_tokens), rates: fieldsOf(price.above) },
  }));
}

/** What is wrong, by row and field; empty when all is well. */
export type PriceErrors = ReadonlyMap<string, string>;

/** Names a field in `PriceErrors`. */
export function errorKey(row: string, field: "model" | "tokens" | RateName, above = false): string {
  return `${row}/${above ? "above." : ""}${field}`;
}

/** The table that the rows say, or what is wrong with them. */
export function tableOf(rows: readonly PriceRow[]): { models: PriceTable["models"]; errors: PriceErrors } {
  const errors = new Map<string, string>();
  const models: PriceTable["models"] = {};
  for (const row of rows) {
    const model = row.model.trim();
    if (model === "") errors.set(errorKey(row.key, "model"), "Give the model's id.");
    else if (Object.hasOwn(models, model)) errors.set(errorKey(row.key, "model"), "This model is in the list twice.");
    const price: ModelPrice = ratesOf(row, row.rates, false, errors);
    if (row.above !== undefined) {
      const tokens = Number(row.above.tokens.trim().replaceAll(",", ""));
      if (!Number.isInteger(tokens) || tokens < 1) errors.set(errorKey(row.key, "tokens"), "Give a whole number of tokens.");
      price.above = { prompt_tokens: tokens, ...ratesOf(row, row.above.rates, true, errors) };
    }
    models[model] = price;
  }
  return { models, errors };
}

function ratesOf(row: PriceRow, fields: RateFields, above: boolean, errors: Map<string, string>): Rates {
  const rates: Rates = { input: 0, output: 0, cache_read: 0 };
  for (const name of rateNames) {
    const typed = fields[name].trim();
    if (typed === "" && OPTIONAL.includes(name)) continue;
    const value = Number(typed);
    if (typed === "" || !Number.isFinite(value) || value < 0 || value > MOST) {
      errors.set(errorKey(row.key, name, above), "Give dollars per million tokens, such as 2.5.");
    }
    rates[name] = value;
  }
  return rates;
}

function fieldsOf(rates: Rates): RateFields {
  const text = (name: RateName): string => (rates[name] === undefined ? "" : String(rates[name]));
  return {
    input: text("input"),
    output: text("output"),
    cache_read: text("cache_read"),
    cache_write_5m: text("cache_write_5m"),
    cache_write_1h: text("cache_write_1h"),
  };
}
