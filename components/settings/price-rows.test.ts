import { expect, test } from "vitest";
import { builtInPrices, priceTableSchema } from "@/lib/pricing/price-table";
import { emptyRow, errorKey, rowsOf, tableOf } from "./price-rows";

test("rows say the table that they were made from, tiers included", () => {
  const { models, errors } = tableOf(rowsOf(builtInPrices));
  expect(errors.size).toBe(0);
  expect(models).toEqual(builtInPrices.models);
  expect(priceTableSchema.safeParse({ ...builtInPrices, models }).success).toBe(true);
});

test("what is wrong is named by row and field", () => {
  const row = { ...emptyRow("new", "qwen"), rates: { ...emptyRow("x").rates, input: "1.5", output: "-2", cache_read: "free" } };
  const { errors } = tableOf([row, { ...row, key: "again" }, emptyRow("blank")]);
  expect(errors.has(errorKey("new", "input"))).toBe(false);
  expect(errors.get(errorKey("new", "output"))).toContain("dollars per million");
  expect(errors.has(errorKey("new", "cache_read"))).toBe(true);
  expect(errors.has(errorKey("new", "cache_write_5m"))).toBe(false);
  expect(errors.get(errorKey("again", "model"))).toContain("twice");
  expect(errors.get(errorKey("blank", "model"))).toContain("id");
});
