import { describe, expect, it } from "vitest";
import { createTextBlocks, type TextBlocks } from "./text-blocks";

const cut = (text: string): TextBlocks => createTextBlocks()(text);
const blocks = (text: string): string[] => [...cut(text).pieces.flat(), cut(text).tail];

const sample = [
  "# What I found",
  "",
  "**The policy** is hard-coded.",
  "It stands in two places:",
  "",
  "- one in `a.ts`",
  "",
  "- one in `b.ts`",
  "",
  "  with a second paragraph",
  "",
  "10. ten",
  "",
  "```ts",
  "const a = 1;",
  "",
  "const b = 2;",
  "```",
  "",
  "Done.",
  "",
  "",
  "~~~~",
  "```",
  "",
  "still code",
  "~~~~",
  "",
  "The end",
].join("\n");

describe("a text that is being written", () => {
  it("is cut behind empty lines, but not in code, lists and quotations", () => {
    expect(blocks(sample)).toEqual([
      "# What I found\n\n",
      "**The policy** is hard-coded.\nIt stands in two places:\n\n- one in `a.ts`\n\n- one in `b.ts`\n\n  with a second paragraph\n\n10. ten\n\n",
      "```ts\nconst a = 1;\n\nconst b = 2;\n```\n",
      "\nDone.\n\n\n",
      "~~~~\n```\n\nstill code\n~~~~\n",
      "\nThe end",
    ]);
  });

  it("takes code out of the paragraph above it, but not out of a list", () => {
    expect(blocks("Like this:\n```\ncode\n```\nand then")).toEqual(["Like this:\n", "```\ncode\n```\n", "and then"]);
    expect(blocks("- like this:\n  ```\n  code\n\n  ```\n- and\n\nthen")).toEqual([
      "- like this:\n  ```\n  code\n\n  ```\n- and\n\n",
      "then",
    ]);
  });

  it("keeps every block that was cut off, token by token, and loses nothing", () => {
    const split = createTextBlocks();
    const text = `${sample}\n\n${sample.repeat(20)}`;
    let before: readonly string[] = [];
    for (let length = 0; length <= text.length; length += 3) {
      const now = split(text.slice(0, length));
      const flat = now.pieces.flat();
      expect(flat.slice(0, before.length)).toEqual(before);
      expect(flat.join("") + now.tail).toBe(text.slice(0, length));
      before = flat;
    }
    expect(before.length).toBeGreaterThan(40);
  });

  it("gives the same finished pieces again", () => {
    const split = createTextBlocks();
    const long = `${"word ".repeat(200)}\n\n`.repeat(20);
    const first = split(long);
    const second = split(`${long}more\n\nand more`);
    expect(first.pieces.length).toBeGreaterThan(3);
    expect(first.pieces.flat()).toHaveLength(19);
    for (const [index, piece] of first.pieces.slice(0, -1).entries()) expect(second.pieces[index]).toBe(piece);
  });

  it("begins anew for another text", () => {
    const split = createTextBlocks();
    split("one\n\ntwo\n\nthree");
    expect(split("four\n\nfive")).toEqual({ pieces: [["four\n\n"]], tail: "five" });
  });
});
