import { expect, it } from "vitest";
import { completed, mentionAt } from "./path-mention";

const queryAtEnd = (text: string): string | undefined => mentionAt(text, text.length)?.query;

it("finds the path that is being typed before the caret", () => {
  expect(mentionAt("fix @src/re and more", 11)).toEqual({ start: 4, end: 11, query: "src/re" });
  expect(queryAtEnd("@")).toBe("");
  expect(queryAtEnd("see (@lib")).toBe("lib");
  expect(queryAtEnd("first line\n@lib")).toBe("lib");
});

it("finds none in an address, after a space, or in a word", () => {
  for (const text of ["ada@example.com", "@src/retry.ts is", "git@github.com:a/b", "plain"]) expect(queryAtEnd(text)).toBeUndefined();
});

it("goes on in a folder, ends after a file, quotes white space", () => {
  expect(completed("src/")).toBe("@src/");
  expect(completed("src/a.ts")).toBe("@src/a.ts ");
  expect(completed("my docs/a.md")).toBe('@"my docs/a.md" ');
});
