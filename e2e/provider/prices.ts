import type { Charge } from "./messages-api";

/** Billionths of a dollar per token, so that sums are exact. From the provider's price pages of 2026-11-20; other models are free here. */
interface Rates {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

const rates: Readonly<Record<string, Rates>> = {
  "claude-sonnet-5-5": { input: 2_000, output: 10_000, cacheRead: 100, cacheWrite: 2_500 },
  "claude-opus-5-5": { input: 4_000, output: 20_000, cacheRead: 200, cacheWrite: 5_000 },
  "claude-fable-5-1": { input: 10_000, output: 50_000, cacheRead: 250, cacheWrite: 12_500 },
};
const haiku = {
  short: { input: 100, output: 500, cacheRead: 10, cacheWrite: 125 },
  long: { input: 500, output: 2_500, cacheRead: 50, cacheWrite: 625 },
};

/** Dollars for one call, reckoned without any code of the project's. */
export function listPrice({ model, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Charge): number {
  const long = inputTokens + cacheReadTokens + cacheWriteTokens > 100_000;
  const rate = model === "claude-haiku-5-5" ? (long ? haiku.long : haiku.short) : rates[model];
  if (rate === undefined) return 0;
  const billionths =
    inputTokens * rate.input + outputTokens * rate.output + cacheReadTokens * rate.cacheRead + cacheWriteTokens * rate.cacheWrite;
  return billionths / 1_000_000_000;
}
