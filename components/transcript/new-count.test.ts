import { expect, it } from "vitest";
import type { TranscriptItem } from "@/lib/run/state";
import { countNew } from "./new-count";

const text = (seq: number, words = "x"): TranscriptItem => ({ kind: "text", seq, block: `b${seq}`, text: words, retracted: false });

it("counts what came, and what went on, since a person left the end", () => {
  const items = [text(1), text(2)];
  const left = { count: items.length, last: items.at(-1) };
  expect(countNew(left, items)).toBe(0);
  expect(countNew(left, [...items, text(3), text(4)])).toBe(2);
  expect(countNew(left, [text(1), text(2, "xy")])).toBe(1);
  expect(countNew(left, [text(1), text(2, "xy"), text(3)])).toBe(2);
  expect(countNew({ count: 0, last: undefined }, [text(1)])).toBe(1);
});
