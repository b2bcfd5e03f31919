import { expect, test } from "vitest";
import { lettersOf } from "./hunk-words";

test("those who wrote the same are named one by one", () => {
  expect(lettersOf([3, 4])).toBe("D, E");
  expect(lettersOf([0])).toBe("A");
});
