import { expect, test } from "vitest";
import { type CountedChange, inlinePlace } from "./inline-line";

const change = (originalStart: number, originalEnd: number, modifiedStart: number, modifiedEnd: number): CountedChange => ({
  originalStartLineNumber: originalStart,
  originalEndLineNumber: originalEnd,
  modifiedStartLineNumber: modifiedStart,
  modifiedEndLineNumber: modifiedEnd,
});

test("a left line stands where the inline diff draws it", () => {
  // Two lines added after line 1, lines 4–5 become one, line 8 goes.
  const changes = [change(1, 0, 2, 3), change(4, 5, 6, 6), change(8, 8, 8, 0)];
  expect(inlinePlace(changes, 1)).toEqual({ line: 1, behind: false });
  expect(inlinePlace(changes, 2)).toEqual({ line: 4, behind: false });
  expect(inlinePlace(changes, 4)).toEqual({ line: 6, behind: false });
  expect(inlinePlace(changes, 5)).toEqual({ line: 6, behind: false });
  expect(inlinePlace(changes, 7)).toEqual({ line: 8, behind: false });
  expect(inlinePlace(changes, 8)).toEqual({ line: 8, behind: true });
  expect(inlinePlace(changes, 9)).toEqual({ line: 9, behind: false });
});
