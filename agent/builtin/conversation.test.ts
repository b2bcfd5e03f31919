import type Anthropic from "@anthropic-ai/sdk";
import { expect, it } from "vitest";
import { renderTranscript } from "./compact";
import { createConversation } from "./conversation";
import { plainOutput } from "./plain-output";

const text = (words: string): Anthropic.TextBlockParam => ({ type: "text", text: words });
const marks = (messages: Anthropic.MessageParam[]): string[] =>
  messages.flatMap(({ content }) =>
    typeof content === "string" ? [] : content.flatMap((block) => ("cache_control" in block && block.type === "text" ? [block.text] : [])),
  );

it("marks what is new and what was marked before, so that the provider finds what it kept", () => {
  const conversation = createConversation([{ role: "user", content: [text("prompt")] }]);
  expect(marks(conversation.marked())).toEqual(["prompt"]);
  conversation.add("assistant", [text("answer")]);
  conversation.add("user", [text("result 1"), text("result 2")]);
  expect(marks(conversation.marked())).toEqual(["prompt", "result 2"]);
  // A second try of the same request is the same request.
  expect(marks(conversation.marked())).toEqual(["prompt", "result 2"]);
  conversation.add("assistant", [text("answer 2")]);
  conversation.add("user", [text("result 3")]);
  expect(marks(conversation.marked())).toEqual(["result 2", "result 3"]);
});

it("joins messages of the same role and leaves out empty ones", () => {
  const conversation = createConversation([{ role: "user", content: [text("prompt")] }]);
  conversation.add("assistant", []);
  conversation.add("user", [text("more")]);
  conversation.add("assistant", [text("a")]);
  conversation.add("assistant", [text("b")]);
  expect(conversation.messages().map(({ role, content }) => [role, content.length])).toEqual([
    ["user", 2],
    ["assistant", 2],
  ]);
});

it("begins again from the prompt", () => {
  const conversation = createConversation([{ role: "user", content: [text("prompt")] }]);
  conversation.add("assistant", [text("a")]);
  conversation.marked();
  conversation.restart("summary");
  expect(conversation.messages()).toEqual([{ role: "user", content: [text("prompt"), text("summary")] }]);
  expect(marks(conversation.marked())).toEqual(["summary"]);
});

it("renders a transcript without thinking and with short results", () => {
  const rendered = renderTranscript([
    { role: "user", content: [text("do it"), { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }] },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "secret", signature: "s" },
        { type: "tool_use", id: "1", name: "read", input: { path: "a" } },
      ],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "1", content: `begin${"x".repeat(9_000)}end` }] },
  ]);
  expect(rendered).toContain('user: do it\n\nuser: (an image)\n\nassistant called read: {"path":"a"}\n\nresult: begin');
  expect(rendered).toContain("end");
  expect(rendered).not.toContain("secret");
  expect(rendered.length).toBeLessThan(2_000);
});

it.each([
  ["\u001b[1;31mred\u001b[0m", "red"],
  ["\u001b]0;title\u0007text", "text"],
  ["\u001b]8;;https://x\u001b\\link\u001b]8;;\u001b\\", "link"],
  ["10%\r50%\r100%\ndone\r\n", "100%\ndone\n"],
])("shows %j as a terminal would", (raw, plain) => {
  expect(plainOutput(raw)).toBe(plain);
});
