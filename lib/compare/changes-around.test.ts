import { expect, test } from "vitest";
import { changesAround } from "./changes-around";

const base = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n";

test("the change that the lines touch comes with its context, others do not", () => {
  const text = base.replace("two\n", "2\n2b\n").replace("nine\n", "9\n");
  expect(changesAround(base, text, 3, 3)).toBe("@@ -1,5 +1,6 @@\n one\n-two\n+2\n+2b\n three\n four\n five\n");
  expect(changesAround(base, text, 1, 10)).toMatch(/-two[^]*-nine/);
  expect(changesAround(base, text, 5, 6)).toBeUndefined();
});

test("a removal belongs to the lines beside it; a missing last newline is said", () => {
  expect(changesAround(base, base.replace("five\n", ""), 5, 5)).toContain("-five");
  expect(changesAround(base, base.replace("five\n", ""), 4, 4)).toContain("-five");
  expect(changesAround(base, base.replace("five\n", ""), 7, 7)).toBeUndefined();
  expect(changesAround("", "a\n", 1, 1)).toBe("@@ -0,0 +1,1 @@\n+a\n");
  expect(changesAround("a\n", "b", 1, 1)).toBe("@@ -1,1 +1,1 @@\n-a\n+b\n\\ No newline at end of file\n");
});
