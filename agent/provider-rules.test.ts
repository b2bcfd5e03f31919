import { describe, expect, it } from "vitest";
import { checkRequest } from "@/e2e/provider/check-request";
import type { JsonObject } from "@/e2e/provider/json";
import { createPromptCache } from "@/e2e/provider/prompt-cache";
import { createSignatures } from "@/e2e/provider/signatures";

// The foreign provider is what the agent is measured by, so it has to be strict itself.
const user = (content: JsonObject["content"]): JsonObject => ({ role: "user", content });
const assistant = (content: JsonObject["content"]): JsonObject => ({ role: "assistant", content });
const use = (id: string): JsonObject => ({ type: "tool_use", id, name: "read", input: {} });
const result = (id: string): JsonObject => ({ type: "tool_result", tool_use_id: id, content: "x" });
const words = (text: string, mark = false): JsonObject => ({
  type: "text",
  text,
  ...(mark ? { cache_control: { type: "ephemeral" } } : {}),
});
const good: JsonObject = { model: "claude-sonnet-5-5", max_tokens: 100, messages: [user("hi")] };
const image = (mediaType: string, data: string): JsonObject => ({ type: "image", source: { type: "base64", media_type: mediaType, data } });
const gif = Buffer.concat([Buffer.from("GIF89a"), Buffer.alloc(30)]).toString("base64");

describe("the foreign provider", () => {
  it("takes what is right", () => {
    const messages = [user("hi"), assistant([words("a"), use("1"), use("2")]), user([result("1"), result("2"), words("and")])];
    expect(checkRequest({ ...good, messages, thinking: { type: "adaptive", display: "summarized" } }).messages).toHaveLength(3);
  });

  it.each<[JsonObject, string]>([
    [{ model: "gpt" }, "model: gpt"],
    [{ max_tokens: 200_000 }, "max_tokens: 200000 > 128000"],
    [{ nonsense: 1 }, "nonsense: Extra inputs are not permitted"],
    [{ temperature: 0.5 }, "`temperature` is deprecated for this model"],
    [{ thinking: { type: "disabled" } }, '"thinking.type.disabled" is not supported for this model'],
    [{ model: "claude-opus-4-5", thinking: { type: "enabled", budget_tokens: 1_000 } }, "greater than or equal to 1024"],
    [
      { model: "claude-opus-4-5", thinking: { type: "enabled", budget_tokens: 2_000 } },
      "`max_tokens` must be greater than `thinking.budget_tokens`",
    ],
    [{ messages: [] }, "at least one message"],
    [{ messages: [assistant("hi")] }, "first message must use the"],
    [{ messages: [user("a"), user("b")] }, "roles must alternate"],
    [{ messages: [user("a"), assistant("b")] }, "does not support assistant message prefill"],
    [
      { messages: [user("a"), assistant([{ type: "thinking", thinking: "x", signature: "y" }]), user("b")] },
      "The final block in an assistant message cannot be `thinking`",
    ],
    [{ messages: [user([])] }, "must have non-empty content"],
    [{ messages: [user("")] }, "must be non-empty"],
    [{ messages: [user(" \n")] }, "must contain non-whitespace text"],
    [
      { messages: [user("a"), assistant([use("1")]), user("b")] },
      "`tool_use` ids were found without `tool_result` blocks immediately after: 1",
    ],
    [{ messages: [user("a"), assistant([use("1")]), user([words("b"), result("1")])] }, "without `tool_result` blocks immediately after"],
    [{ messages: [user("a"), assistant([use("1"), use("2")]), user([result("2")])] }, "immediately after: 1"],
    [{ messages: [user([result("9")])] }, "unexpected `tool_use_id` found in `tool_result` blocks: 9"],
    [{ messages: [user("a"), assistant([use("1"), use("1")]), user([result("1")])] }, "ids must be unique"],
    [
      { messages: [user([1, 2, 3, 4, 5].map((n) => words(String(n), true)))] },
      "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ],
    [{ messages: [user([image("image/png", gif)])] }, "appears to be a image/gif image"],
    [{ messages: [user([image("image/svg+xml", gif)])] }, "media_type"],
    [{ messages: [user([image("image/gif", Buffer.alloc(5_300_000, "GIF89a").toString("base64"))])] }, "image exceeds 5 MB maximum"],
    [{ model: "plain-coder-7b", messages: [user([image("image/gif", gif)])] }, "does not support image input"],
    [{ tools: [{ name: "a b", input_schema: { type: "object" } }] }, "String should match pattern"],
    [{ tools: [{ name: "a", input_schema: { type: "string" } }] }, "input_schema.type"],
  ])("refuses %j", (change, message) => {
    expect(() => checkRequest({ ...good, ...change })).toThrow(message);
  });

  it("knows its own thinking: unchanged, in its place, and not left out of the last calls", () => {
    const signatures = createSignatures();
    const first = checkRequest(good).messages;
    const thought = { type: "thinking", thinking: "Hm.", signature: signatures.sign("Hm.", first) };
    signatures.bind("1", [thought.signature]);
    const check = (...messages: JsonObject[]): void => signatures.check(checkRequest({ ...good, messages }).messages);
    const answered = user([result("1")]);
    check(user("hi"), assistant([thought, use("1")]), answered);
    expect(() => check(user("hi"), assistant([{ ...thought, thinking: "Ho." }, use("1")]), answered)).toThrow("Invalid `signature`");
    expect(() => check(user("hello"), assistant([thought, use("1")]), answered)).toThrow("bound to a different conversation");
    expect(() => check(user("hi"), assistant([use("1")]), answered)).toThrow("Expected `thinking`");
  });

  it("reads from its cache what it kept, to the token, and nothing after a change before the mark", () => {
    const cache = createPromptCache();
    const long = "word ".repeat(1_000);
    const ask = (...messages: JsonObject[]) => checkRequest({ ...good, messages });
    const first = ask(user([words(long, true)]));
    const { total } = cache.count(first, 1);
    expect(cache.count(first, 1)).toEqual({ total, input: 0, cacheRead: 0, cacheWrite: total });
    cache.keep(first, 1);
    const second = ask(user([words(long)]), assistant("a"), user([words("b".repeat(400), true), words("c")]));
    const counted = cache.count(second, 1);
    expect(counted).toMatchObject({ cacheRead: total });
    expect(counted.input + counted.cacheRead + counted.cacheWrite).toBe(counted.total);
    expect(cache.count(ask(user([words(`other ${long}`, true)])), 1)).toMatchObject({ cacheRead: 0 });
  });
});
