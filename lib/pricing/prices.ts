import { modelKind } from "../run/model-kind";
import { builtInPrices, type ModelPrice, type PriceTable, type Rates } from "./price-table";

/** Tokens of one request by what they cost. */
export interface TokenCounts {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  /** All that was written to the cache. */
  cacheWriteTokens: number;
  /** Of `cacheWriteTokens`, those kept for an hour; the others are kept for five minutes. */
  cacheWrite1hTokens?: number;
}

/** Cache writes where a table does not name them: times the input's price (Anthropic's page on prompt caching). */
const WRITE_5M_FACTOR = 1.25;
const WRITE_1H_FACTOR = 2;

/** The models whose price is known, the sensible default first. */
export function knownModels(table: PriceTable = builtInPrices): string[] {
  return Object.keys(table.models);
}

/** The demo model and scripts cost nothing: nobody is asked for money. */
export function isFree(model: string): boolean {
  return modelKind(model) !== "provider";
}

/** False where nobody can say what a call costs: the page then says so instead of "free". */
export function isPriced(model: string, table: PriceTable = builtInPrices): boolean {
  return isFree(model) || priceOf(model, table) !== undefined;
}

/** What one request cost, in dollars; null for a model without a known price. */
export function dollarsFor(model: string, counts: TokenCounts, table: PriceTable = builtInPrices): number | null {
  if (isFree(model)) return 0;
  const price = priceOf(model, table);
  if (price === undefined) return null;
  const rates = ratesOf(price, counts.inputTokens + counts.cacheReadTokens + counts.cacheWriteTokens);
  const hour = Math.min(counts.cacheWrite1hTokens ?? 0, counts.cacheWriteTokens);
  const millionths =
    counts.inputTokens * rates.input +
    counts.outputTokens * rates.output +
    counts.cacheReadTokens * rates.cache_read +
    (counts.cacheWriteTokens - hour) * write5m(rates) +
    hour * write1h(rates);
  return millionths / 1_000_000;
}

/** How dear the tokens of a prompt may become: plain, written to the cache for five minutes, or for an hour. */
export type CacheUse = "none" | "5m" | "1h";

/**
 * The most that a request can cost, apart for prompt and answer: what a reservation holds back. `promptTokens` is an upper bound; any part
 * of it may turn out to be plain input or a cache write, whichever is dearer. Undefined for a model without a known price.
 */
export function worstCase(
  model: string,
  request: { promptTokens: number; cache: CacheUse },
  table: PriceTable,
): { promptDollars: number; dollarsPerOutputToken: number } | undefined {
  if (isFree(model)) return { promptDollars: 0, dollarsPerOutputToken: 0 };
  const price = priceOf(model, table);
  if (price === undefined) return undefined;
  // A longer prompt than expected only moves to the dearer tier, never to a cheaper one than is counted on here.
  const tiers = price.above !== undefined && request.promptTokens > price.above.prompt_tokens ? [price, price.above] : [price];
  const dearest = (of: (rates: Rates) => number): number => Math.max(...tiers.map(of));
  const perPromptToken = dearest((rates) =>
    Math.max(rates.input, rates.cache_read, request.cache === "none" ? 0 : write5m(rates), request.cache === "1h" ? write1h(rates) : 0),
  );
  return {
    promptDollars: (request.promptTokens * perPromptToken) / 1_000_000,
    dollarsPerOutputToken: dearest((rates) => rates.output) / 1_000_000,
  };
}

function ratesOf(price: ModelPrice, promptTokens: number): Rates {
  return price.above !== undefined && promptTokens > price.above.prompt_tokens ? price.above : price;
}

function write5m(rates: Rates): number {
  return rates.cache_write_5m ?? rates.input * WRITE_5M_FACTOR;
}

function write1h(rates: Rates): number {
  return rates.cache_write_1h ?? rates.input * WRITE_1H_FACTOR;
}

/** A dated id such as `claude-sonnet-5-5-20260101` has the price of the longest known id it continues. */
function priceOf(model: string, { models }: PriceTable): ModelPrice | undefined {
  if (Object.hasOwn(models, model)) return models[model];
  const [known] = Object.keys(models)
    .filter((id) => model.startsWith(`${id}-`))
    .sort((one, other) => other.length - one.length);
  return known === undefined ? undefined : models[known];
}
