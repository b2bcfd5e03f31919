import { expect, test } from "vitest";
import { provenanceLines } from "./provenance-lines";

test("names everybody who wrote the same, one by one", () => {
  expect(
    provenanceLines([
      { path: "README.md", variations: [3, 4], ranges: [] },
      { path: "a.ts", variations: [0], ranges: [{ start: 1, end: 2, variations: [0, 1] }] },
    ]),
  ).toEqual(["Composed-from: D, E README.md", "Composed-from: A, B a.ts:1-2"]);
});
