import { expect, test } from "vitest";
import { dollarsFor, isPriced, knownModels, type TokenCounts } from "./prices";

const none: TokenCounts = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
const million = 1_000_000;

test("every kind of token has its own price", () => {
  expect(dollarsFor("claude-sonnet-5-5", { ...none, inputTokens: million })).toBeCloseTo(2);
  expect(dollarsFor("claude-sonnet-5-5", { ...none, outputTokens: million })).toBeCloseTo(10);
  expect(dollarsFor("claude-sonnet-5-5", { ...none, cacheReadTokens: million })).toBeCloseTo(0.1);
  expect(dollarsFor("claude-sonnet-5-5", { ...none, cacheWriteTokens: million })).toBeCloseTo(2.5);
  expect(dollarsFor("claude-opus-5-5", { ...none, inputTokens: million, outputTokens: million })).toBeCloseTo(24);
  expect(dollarsFor("claude-fable-5-1", { ...none, cacheReadTokens: million, outputTokens: million })).toBeCloseTo(50.25);
});

test("haiku's tier is chosen by the request's whole prompt, cache included", () => {
  const upTo = { inputTokens: 50_000, outputTokens: 1_000, cacheReadTokens: 40_000, cacheWriteTokens: 10_000 };
  expect(dollarsFor("claude-haiku-5-5", upTo)).toBeCloseTo(0.005 + 0.0005 + 0.0004 + 0.00125, 9);
  const above = { ...upTo, cacheReadTokens: 40_001 };
  expect(dollarsFor("claude-haiku-5-5", above)).toBeCloseTo(0.025 + 0.0025 + 0.00200005 + 0.00625, 9);
});

test("the length of the answer never changes the tier", () => {
  expect(dollarsFor("claude-haiku-5-5", { ...none, outputTokens: million })).toBeCloseTo(0.5);
});

test("a dated id has the price of the model it names", () => {
  expect(dollarsFor("claude-sonnet-5-5-20260101", { ...none, inputTokens: million })).toBeCloseTo(2);
  expect(isPriced("claude-haiku-5-5-20260301")).toBe(true);
});

test.each(["demo", "script:edits", "claude-sonnet-5-50", "claude-sonnet-5", "toString", ""])(
  "%j has no known price and costs 0",
  (model) => {
    expect(isPriced(model)).toBe(false);
    expect(dollarsFor(model, { ...none, inputTokens: million })).toBe(0);
  },
);

test("four models are known", () => {
  expect(knownModels()).toEqual(["claude-sonnet-5-5", "claude-opus-5-5", "claude-fable-5-1", "claude-haiku-5-5"]);
});
