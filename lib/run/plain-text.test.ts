import { describe, expect, it } from "vitest";
import { firstCharacters, lastCharacters, mapStrings, plainText } from "./plain-text";

describe("plainText", () => {
  it("replaces only what a database refuses", () => {
    expect(plainText("a\0b")).toBe("a\u2400b");
    expect(plainText("\ud83d x \ude00 \ude00\ud83d")).toBe("\ufffd x \ufffd \ufffd\ufffd");
    const kept = "\t\r\n\u001b[31m\u0001\b\u007f\u009b 😀 日本 \ufffe";
    expect(plainText(kept)).toBe(kept);
  });

  it("leaves no character that UTF-8 cannot carry", () => {
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      const text = plainText(`a${String.fromCharCode(unit)}b`);
      expect(Buffer.from(text).toString() === text && !text.includes("\0")).toBe(true);
    }
  });
});

describe("firstCharacters and lastCharacters", () => {
  it("never cut a code point in two", () => {
    const text = "a😀b😀c";
    for (let length = 0; length <= text.length; length += 1) {
      const [first, last] = [firstCharacters(text, length), lastCharacters(text, length)];
      expect(text.startsWith(first) && text.endsWith(last)).toBe(true);
      expect([plainText(first), plainText(last)]).toEqual([first, last]);
      for (const part of [first, last]) expect(length - part.length === 0 || length - part.length === 1).toBe(true);
    }
    expect([firstCharacters(text, 2), lastCharacters(text, 3)]).toEqual(["a", "😀c"]);
    expect([firstCharacters(text, -1), lastCharacters(text, -1)]).toEqual(["", ""]);
  });
});

describe("mapStrings", () => {
  const value = { kind: "x", list: [{ text: "x" }, { text: "y" }], n: 1, none: null };

  it("changes strings at every depth but for the keys that are kept", () => {
    const changed = mapStrings(value, (text) => text.replace("x", "z"), new Set(["kind"]));
    expect(changed).toEqual({ kind: "x", list: [{ text: "z" }, { text: "y" }], n: 1, none: null });
    expect(changed.list[1]).toBe(value.list[1]);
  });

  it("answers the same reference when nothing changed", () => {
    expect(mapStrings(value, (text) => text)).toBe(value);
  });
});
