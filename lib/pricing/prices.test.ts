import { describe, expect, it, test } from "vitest";
import { builtInPrices, priceTableSchema } from "./price-table";
import { dollarsFor, isPriced, knownModels, type TokenCounts, worstCase } from "./prices";

const none: TokenCounts = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
const million = 1_000_000;

test("every kind of token has its own price", () => {
  expect(dollarsFor("claude-sonnet-5-5", { ...none, inputTokens: million })).toBeCloseTo(2);
  expect(dollarsFor("claude-sonnet-5-5", { ...none, outputTokens: million })).toBeCloseTo(10);
  expect(dollarsFor("claude-sonnet-5-5", { ...none, cacheReadTokens: million })).toBeCloseTo(0.1);
  expect(dollarsFor("claude-sonnet-5-5", { ...none, cacheWriteTokens: million })).toBeCloseTo(2.5);
  expect(dollarsFor("claude-sonnet-5-5", { ...none, cacheWriteTokens: million, cacheWrite1hTokens: million })).toBeCloseTo(4);
  expect(dollarsFor("claude-sonnet-5-5", { ...none, cacheWriteTokens: million, cacheWrite1hTokens: million / 4 })).toBeCloseTo(2.875);
  expect(dollarsFor("claude-opus-5-5", { ...none, inputTokens: million, outputTokens: million })).toBeCloseTo(24);
  expect(dollarsFor("claude-fable-5-1", { ...none, cacheReadTokens: million, outputTokens: million })).toBeCloseTo(50.25);
});

test("haiku's tier is chosen by the request's whole prompt, cache included", () => {
  const upTo = { inputTokens: 50_000, outputTokens: 1_000, cacheReadTokens: 40_000, cacheWriteTokens: 10_000 };
  expect(dollarsFor("claude-haiku-5-5", upTo)).toBeCloseTo(0.005 + 0.0005 + 0.0004 + 0.00125, 9);
  const above = { ...upTo, cacheReadTokens: 40_001 };
  expect(dollarsFor("claude-haiku-5-5", above)).toBeCloseTo(0.025 + 0.0025 + 0.00200005 + 0.00625, 9);
  const hour = { ...above, cacheWrite1hTokens: 10_000 };
  expect(dollarsFor("claude-haiku-5-5", hour)).toBeCloseTo(0.025 + 0.0025 + 0.00200005 + 0.01, 9);
});

test("the length of the answer never changes the tier", () => {
  expect(dollarsFor("claude-haiku-5-5", { ...none, outputTokens: million })).toBeCloseTo(0.5);
});

test("a dated id has the price of the model it names", () => {
  expect(dollarsFor("claude-sonnet-5-5-20260101", { ...none, inputTokens: million })).toBeCloseTo(2);
  expect(isPriced("claude-haiku-5-5-20260301")).toBe(true);
});

test.each(["claude-sonnet-5-50", "claude-sonnet-5", "toString", "__proto__", ""])("%j has no known price: null, not 0", (model) => {
  expect(isPriced(model)).toBe(false);
  expect(dollarsFor(model, { ...none, inputTokens: million })).toBeNull();
  expect(worstCase(model, { promptTokens: 1, cache: "none" }, builtInPrices)).toBeUndefined();
});

test.each(["demo", "script:edits"])("%s is free", (model) => {
  expect(isPriced(model)).toBe(true);
  expect(dollarsFor(model, { ...none, inputTokens: million })).toBe(0);
});

test("four models are known", () => {
  expect(knownModels()).toEqual(["claude-sonnet-5-5", "claude-opus-5-5", "claude-fable-5-1", "claude-haiku-5-5"]);
});

describe("the worst case", () => {
  it.each(knownModels())("of %s is never below what a request of that size costs", (model) => {
    for (const promptTokens of [1_000, 100_000, 100_001, 400_000]) {
      for (const cache of ["none", "5m", "1h"] as const) {
        const worst = worstCase(model, { promptTokens, cache }, builtInPrices);
        const bound = (worst?.promptDollars ?? 0) + 500 * (worst?.dollarsPerOutputToken ?? 0);
        for (const share of [0, 0.25, 0.5, 1]) {
          const written = cache === "none" ? 0 : Math.floor(promptTokens * share);
          const rest = promptTokens - written;
          for (const counts of [
            { inputTokens: rest, cacheReadTokens: 0 },
            { inputTokens: 0, cacheReadTokens: rest },
          ]) {
            const hour = cache === "1h" ? written : 0;
            const cost = dollarsFor(model, { ...counts, outputTokens: 500, cacheWriteTokens: written, cacheWrite1hTokens: hour });
            expect(cost).toBeLessThanOrEqual(bound + 1e-12);
          }
        }
      }
    }
  });
});

describe("a price table", () => {
  it("is valid as it is shipped, and names source and day", () => {
    expect(priceTableSchema.parse(builtInPrices)).toEqual(builtInPrices);
    expect(builtInPrices).toMatchObject({ source: expect.any(String), date: "2026-11-20" });
  });

  it.each([
    [{ ...builtInPrices, date: "yesterday" }, "date"],
    [{ ...builtInPrices, source: "" }, "source"],
    [{ ...builtInPrices, models: { m: { input: -1, output: 1, cache_read: 0 } } }, "models.m.input"],
    [{ ...builtInPrices, models: { m: { input: 1, output: 1 } } }, "models.m.cache_read"],
    [{ ...builtInPrices, models: { m: { input: 1, output: 1, cache_read: 0, cache_wirte_5m: 1 } } }, "models.m"],
    [
      { ...builtInPrices, models: { m: { input: 1, output: 1, cache_read: 0, above: { input: 1, output: 1, cache_read: 0 } } } },
      "models.m.above.prompt_tokens",
    ],
  ])("that is wrong names the field", (table, field) => {
    expect(priceTableSchema.safeParse(table).error?.issues.map(({ path }) => path.join("."))).toContain(field);
  });

  it("may name its own prices for cache writes, and change every answer", () => {
    const table = { ...builtInPrices, models: { mine: { input: 1, output: 2, cache_read: 0, cache_write_5m: 3, cache_write_1h: 4 } } };
    const counts = { ...none, cacheWriteTokens: 2 * million, cacheWrite1hTokens: million };
    expect(dollarsFor("mine", counts, table)).toBeCloseTo(7);
    expect(dollarsFor("claude-sonnet-5-5", counts, table)).toBeNull();
  });
});
