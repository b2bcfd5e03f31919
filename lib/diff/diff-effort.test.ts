import { describe, expect, it } from "vitest";
import { countLines, diffAlgorithm, isLargeChange, isLargeText, LARGE_BYTES, LARGE_CHANGE, LARGE_LINES } from "./diff-effort";

const lines = (count: number): string => "x\n".repeat(count);

describe("diffAlgorithm", () => {
  it("takes the better one for what people write, the quicker one for much", () => {
    expect(diffAlgorithm(lines(4_000), lines(4_100), 200)).toBe("advanced");
    expect(diffAlgorithm(lines(10), lines(6_000), 5_990)).toBe("legacy");
    expect(diffAlgorithm(lines(4_000), lines(4_000), 3_000)).toBe("legacy");
    expect(diffAlgorithm("", "x".repeat(500_000), 1)).toBe("legacy");
  });
});

describe("large files", () => {
  it("are those with many bytes, many lines, or many changed ones", () => {
    expect(isLargeText([LARGE_BYTES + 1], [""])).toBe(true);
    expect(isLargeText([10], [lines(LARGE_LINES)])).toBe(true);
    expect(isLargeText([LARGE_BYTES, 10], [lines(100), ""])).toBe(false);
    expect(isLargeChange({ added: LARGE_CHANGE, deleted: 1 })).toBe(true);
    expect(isLargeChange({ added: LARGE_CHANGE, deleted: 0 })).toBe(false);
  });

  it("are counted as editors count", () => {
    expect([countLines(""), countLines("a"), countLines("a\n"), countLines("a\nb")]).toEqual([1, 1, 2, 2]);
  });
});
