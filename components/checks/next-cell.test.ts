import { expect, it } from "vitest";
import { nextCell } from "./next-cell";

const grid = { rows: 3, columns: 4, ctrl: false };

it("goes to the neighbour, and stays at the edges", () => {
  expect(nextCell([1, 1], "ArrowRight", grid)).toEqual([1, 2]);
  expect(nextCell([1, 1], "ArrowUp", grid)).toEqual([0, 1]);
  expect(nextCell([0, 1], "ArrowUp", grid)).toBeUndefined();
  expect(nextCell([2, 3], "ArrowRight", grid)).toBeUndefined();
});

it("goes to the ends of a row, with Ctrl of the grid", () => {
  expect(nextCell([1, 1], "Home", grid)).toEqual([1, 0]);
  expect(nextCell([1, 1], "End", grid)).toEqual([1, 3]);
  expect(nextCell([1, 1], "Home", { ...grid, ctrl: true })).toEqual([0, 0]);
  expect(nextCell([1, 1], "End", { ...grid, ctrl: true })).toEqual([2, 3]);
});

it("leaves other keys alone", () => {
  expect(nextCell([1, 1], "Enter", grid)).toBeUndefined();
  expect(nextCell([1, 1], "ArrowRight", { ...grid, ctrl: true })).toBeUndefined();
});
