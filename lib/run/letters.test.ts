import { expect, test } from "vitest";
import { letterList, lettersOf } from "./letters";

test("those who wrote the same are named one by one", () => {
  expect(letterList([3, 4])).toBe("D, E");
  expect(letterList([0])).toBe("A");
});

test("in a sentence the last one follows an and", () => {
  expect(lettersOf([0, 2, 4])).toBe("A, C and E");
  expect(lettersOf([1])).toBe("B");
  expect(lettersOf([])).toBe("");
});
