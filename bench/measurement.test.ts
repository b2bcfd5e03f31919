import { describe, expect, it } from "vitest";
import { compare, percentile } from "./measurement";

describe("percentile", () => {
  it.each([
    [[5], 99, 5],
    [[1, 2, 3, 4], 50, 2.5],
    [[30, 10, 20], 50, 20],
    [[0, 100], 10, 10],
  ])("of %j at %d is %d", (values, percent, expected) => {
    expect(percentile(values, percent)).toBeCloseTo(expected);
  });

  it("of nothing is no number", () => expect(percentile([], 50)).toBeNaN());
});

describe("compare", () => {
  const given = { name: "n", unit: "ms", target: "t" };

  it("takes the ratio round by round, so that a noise that hits both is gone", () => {
    expect(compare({ ...given, subject: [2, 200, 4], reference: [1, 100, 2] }).ratio).toEqual({ median: 2, low: 2, high: 2 });
  });

  it("gives a verdict only where something is promised", () => {
    expect(compare({ ...given, subject: [1], reference: [1] }).pass).toBeNull();
    expect(compare({ ...given, subject: [1], reference: [1], judge: ([value]) => value === 2 }).pass).toBe(false);
  });

  it("refuses rounds without a partner", () => {
    expect(() => compare({ ...given, subject: [1, 2], reference: [1] })).toThrow(/2 values/);
    expect(() => compare({ ...given, subject: [], reference: [] })).toThrow(/0 values/);
  });
});
