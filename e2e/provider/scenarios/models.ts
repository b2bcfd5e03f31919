import { deflateSync } from "node:zlib";
import { expect } from "vitest";
import { finish, ofType, type Scenario, tool, uses } from "../scenario";

const png = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
  Buffer.from("IHDR"),
  Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0]),
  deflateSync(Buffer.alloc(14)),
]);
const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(60, 7)]);

/** Only what a model takes is sent, and what is left out is said. */
export const modelScenarios: Scenario[] = [
  {
    name: "pictures in the prompt go before its words, byte for byte",
    images: [
      { name: "one.png", bytes: png, mediaType: "image/png" },
      { name: "two.jpg", bytes: jpeg, mediaType: "image/jpeg" },
    ],
    task: { prompt: "Make it look like this." },
    replies: [uses(tool("list", {})), finish()],
    check({ calls }) {
      for (const call of calls) {
        const [first, second, words] = call.request?.messages[0]?.content ?? [];
        expect(first).toMatchObject({ type: "image", source: { type: "base64", media_type: "image/png", data: png.toString("base64") } });
        expect(second).toMatchObject({ type: "image", source: { media_type: "image/jpeg", data: jpeg.toString("base64") } });
        expect(words).toMatchObject({ type: "text", text: "Make it look like this." });
      }
    },
  },
  {
    name: "a model that nobody knows: no thinking, no pictures (said), its temperature is sent",
    model: "plain-coder-7b",
    images: [{ name: "one.png", bytes: png, mediaType: "image/png" }],
    task: { temperature: 0.3 },
    replies: [finish()],
    check({ calls, lines }) {
      expect(calls[0]?.body).toMatchObject({ temperature: 0.3, max_tokens: 8_192 });
      expect(calls[0]?.body).not.toHaveProperty("thinking");
      expect(JSON.stringify(calls[0]?.request?.messages)).not.toContain('"image"');
      expect(ofType(lines, "warning.raised").map(({ message }) => message)).toEqual([
        "The image was not sent: plain-coder-7b is not known to take images.",
      ]);
    },
  },
  {
    name: "thinking always on: temperature is not sent, and that is said",
    model: "claude-opus-5-5",
    task: { temperature: 0.7 },
    replies: [uses({ thinking: "Hm." }, tool("list", {})), finish()],
    check({ calls, lines }) {
      expect(calls[0]?.body).not.toHaveProperty("temperature");
      expect(calls[0]?.body).toMatchObject({ thinking: { type: "adaptive" } });
      expect(ofType(lines, "warning.raised").map(({ message }) => message)).toEqual([
        "Temperature 0.7 was not sent: claude-opus-5-5 does not take it.",
      ]);
    },
  },
  {
    name: "thinking by budget: below max_tokens; a wished temperature turns it off, and that is said",
    model: "claude-opus-4-5",
    task: { temperature: 0.2 },
    replies: [uses(tool("list", {})), finish()],
    check({ calls, lines }) {
      expect(calls[0]?.body).toMatchObject({ temperature: 0.2 });
      expect(calls[0]?.body).not.toHaveProperty("thinking");
      expect(ofType(lines, "warning.raised")[0]?.message).toContain("either thinking or a temperature");
    },
  },
  {
    name: "thinking by budget, without a temperature: 1,024 ≤ budget < max_tokens, signatures go back",
    model: "claude-opus-4-5",
    replies: [uses({ thinking: "I look." }, tool("list", {})), finish()],
    check({ calls, lines }) {
      expect(calls[0]?.body).toMatchObject({ thinking: { type: "enabled", budget_tokens: 8_000 }, max_tokens: 32_000 });
      expect(ofType(lines, "warning.raised")).toEqual([]);
    },
  },
  {
    name: "prices by the prompt's own length: a model with two price tiers crosses from one to the other",
    model: "claude-haiku-5-5",
    weight: 20,
    files: { "big.txt": "0123456789 abcdefghij\n".repeat(800) },
    replies: [uses(tool("list", {})), uses(tool("read", { path: "big.txt" })), finish()],
    check({ calls }) {
      const lengths = calls.map(
        ({ charge }) => (charge?.inputTokens ?? 0) + (charge?.cacheReadTokens ?? 0) + (charge?.cacheWriteTokens ?? 0),
      );
      expect(lengths[0]).toBeLessThan(100_000);
      expect(lengths[2]).toBeGreaterThan(100_000);
    },
  },
];
