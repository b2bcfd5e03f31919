import { expect, test } from "vitest";
import { pagePan } from "./pan-page";

test("the page moves by what the editor has no room for", () => {
  expect(pagePan(30, { up: 0, down: 100 })).toBe(0);
  expect(pagePan(30, { up: 0, down: 10 })).toBe(20);
  expect(pagePan(-30, { up: 0, down: 100 })).toBe(-30);
  expect(pagePan(-30, { up: 25, down: 0 })).toBe(-5);
  expect(pagePan(-30, { up: 80, down: 0 })).toBe(0);
});
