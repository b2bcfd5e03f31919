import { expect, it } from "vitest";
import { imageTypeOf } from "./prompt-images";

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...part].map((character) => character.charCodeAt(0)) : part)));

it.each([
  [bytes([0x89], "PNG\r\n", [0x1a], "\n", [0]), "image/png"],
  [bytes([0xff, 0xd8, 0xff, 0xe0]), "image/jpeg"],
  [bytes("GIF89a"), "image/gif"],
  [bytes("RIFF", [1, 2, 3, 4], "WEBPVP8 "), "image/webp"],
  [bytes("RIFF", [1, 2, 3, 4], "WAVEfmt "), undefined],
  [bytes("<svg></svg>"), undefined],
  [bytes([0x89], "PN"), undefined],
  [bytes(), undefined],
])("knows a picture by its first bytes, case %#", (head, type) => {
  expect(imageTypeOf(head)).toBe(type);
});
