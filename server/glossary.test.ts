import { expect, test } from "vitest";
import { readGlossary } from "./glossary";

test("every row of the glossary is read", async () => {
  const entries = await readGlossary(process.cwd());
  expect(entries.length).toBeGreaterThan(50);
  expect(entries).toContainEqual({ word: "run", meaning: "one prompt put to one to five variations at one base commit" });
  expect(entries.every(({ word, meaning }) => !/[|*]/.test(word + meaning))).toBe(true);
});
