import { expect, it } from "vitest";
import { fenced, takeTextFile } from "./text-files";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it("puts a file between fences that nothing in it closes", () => {
  expect(fenced("trace.log", "one\r\ntwo\n")).toBe("trace.log:\n```log\none\ntwo\n```\n");
  expect(fenced("README", "a\n````\nb")).toBe("README:\n`````\na\n````\nb\n`````\n");
});

it("takes text of any script, and nothing that is none", () => {
  expect(takeTextFile("a.txt", bytes("größe ☃"), 1_000)).toMatchObject({ text: expect.stringContaining("größe ☃") });
  for (const content of [new Uint8Array([0x25, 0x50, 0]), new Uint8Array([0xff, 0xfe, 0x41])]) {
    expect(takeTextFile("a.pdf", content, 1_000)).toMatchObject({ refusal: expect.stringContaining("neither a picture nor text") });
  }
});

it("says how long the prompt may be when a file does not fit", () => {
  expect(takeTextFile("big.csv", bytes("x".repeat(40_000)), 32_000)).toEqual({
    refusal:
      "big.csv has 40,000 characters; the prompt may have 32,000 in all. Commit it to the repository and name it with @, or put in the part that matters.",
  });
});
