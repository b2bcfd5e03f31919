/** Dollars per million tokens. */
interface Rates {
  input: number;
  output: number;
  cacheRead: number;
}

interface Price {
  rates: Rates;
  /** Where the whole request is charged at other rates once its prompt, cache included, is longer than this many tokens. */
  above?: { promptTokens: number; rates: Rates };
}

export interface TokenCounts {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
}

/** Where the prices come from and when they were read: they are only right for their day. */
export const priceSource = { source: "Anthropic's price pages", date: "2026-11-20" } as const;

/** A cache write that is kept for five minutes costs this many times the input's price. */
const CACHE_WRITE_FACTOR = 1.25;

const PRICES: Readonly<Record<string, Price>> = {
  "claude-sonnet-5-5": { rates: { input: 2, output: 10, cacheRead: 0.1 } },
  "claude-opus-5-5": { rates: { input: 4, output: 20, cacheRead: 0.2 } },
  "claude-fable-5-1": { rates: { input: 10, output: 50, cacheRead: 0.25 } },
  "claude-haiku-5-5": {
    rates: { input: 0.1, output: 0.5, cacheRead: 0.01 },
    above: { promptTokens: 100_000, rates: { input: 0.5, output: 2.5, cacheRead: 0.05 } },
  },
};

/** The models whose price is known, the sensible default first. */
export function knownModels(): string[] {
  return Object.keys(PRICES);
}

/** False where `dollarsFor` can only say 0: the page then says "unknown price" instead of "free". */
export function isPriced(model: string): boolean {
  return priceOf(model) !== undefined;
}

/** What one request cost. Models without a known price cost 0. */
export function dollarsFor(model: string, usage: TokenCounts): number {
  const price = priceOf(model);
  if (price === undefined) return 0;
  const promptTokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const { input, output, cacheRead } = price.above && promptTokens > price.above.promptTokens ? price.above.rates : price.rates;
  const millionths =
    usage.inputTokens * input +
    usage.outputTokens * output +
    usage.cacheReadTokens * cacheRead +
    usage.cacheWriteTokens * input * CACHE_WRITE_FACTOR;
  return millionths / 1_000_000;
}

/** A dated id such as `claude-sonnet-5-5-20260101` has the price of the longest known id it continues. */
function priceOf(model: string): Price | undefined {
  const known = knownModels()
    .filter((id) => model === id || model.startsWith(`${id}-`))
    .sort((one, other) => other.length - one.length)[0];
  return known === undefined ? undefined : PRICES[known];
}
