import { describe, expect, it } from "vitest";
import { stripAnsi } from "./strip-ansi";

const ESC = "\u001b";

describe("output of a terminal as plain text", () => {
  it.each([
    ["colours", `${ESC}[1;31mred${ESC}[0m plain`, "red plain"],
    ["24-bit colours", `${ESC}[38;2;1;2;3mx${ESC}[39m`, "x"],
    ["the cursor", `a${ESC}[2K${ESC}[1Gb${ESC}[?25l`, "ab"],
    ["titles and links", `${ESC}]0;title\u0007a${ESC}]8;;https://evil.example${ESC}\\link${ESC}]8;;${ESC}\\`, "alink"],
    ["a sequence that is still arriving", `done ${ESC}[3`, "done "],
    ["short sequences", `a${ESC}7b${ESC}(Bc${ESC}=d`, "abcd"],
    ["a lone escape", `a${ESC}`, "a"],
    ["progress bars", "10%\r50%\r100%\nnext", "100%\nnext"],
    ["Windows line ends", "a\r\nb\r\n", "a\nb\n"],
    ["other control characters", "a\u0000\u0008b\tc", "ab\tc"],
    ["marks that turn text around", "a\u202eb\u2066c", "abc"],
  ])("leaves out %s", (_, raw, plain) => {
    expect(stripAnsi(raw)).toBe(plain);
  });

  it("keeps what is not for terminals", () => {
    expect(stripAnsi(" ✓ [31m] äöü 🎉 <b>")).toBe(" ✓ [31m] äöü 🎉 <b>");
  });
});
