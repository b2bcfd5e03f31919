import { describe, expect, it, test } from "vitest";
import { formatBytes, formatDay, formatSpent } from "./format";

describe("sizes for people", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [4_096, "4.1 kB"],
    [999_950, "1.0 MB"],
    [4_000_000, "4.0 MB"],
    [77_890_000_000, "77.9 GB"],
    [270_553_200_000, "270.6 GB"],
    [1_200_000_000_000, "1.2 TB"],
    [5_000_000_000_000_000, "5000.0 TB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

test("what nobody knows the price of is not shown as free", () => {
  expect(formatSpent({ dollars: 0 })).toBe("$0.00");
  expect(formatSpent({ dollars: 0.142 })).toBe("$0.1420");
  expect(formatSpent({ dollars: 0.142, unpriced: true })).toBe("$0.1420 +");
  expect(formatSpent({ dollars: 0, unpriced: true })).toBe("no price known");
});

test("days are the same wherever they are shown", () => {
  expect(formatDay(Date.UTC(2026, 10, 21, 23, 59))).toBe("21 Nov 2026");
});
