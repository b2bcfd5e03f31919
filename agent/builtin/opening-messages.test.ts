import { expect, test } from "vitest";
import type { AgentTask } from "@/lib/protocol/agent-task";
import { readFollowUpBlock } from "@/lib/protocol/follow-up";
import { createConversation } from "./conversation";
import { openingMessages } from "./opening-messages";

const task: AgentTask = {
  runId: "r",
  variation: 0,
  attempt: 2,
  prompt: "Fix it.",
  model: "demo",
  limits: {},
  workspace: "/workspace",
  commandsAllowed: true,
};
const followUp = {
  number: 2,
  earlier: [{ answered: "Fixed." }, { asked: "And tests?", answered: "" }],
  record: "- edit: a.ts",
  message: "Now\ndocument it.",
};

test("a follow-up begins with what was asked and answered before, and ends with the record and the message", async () => {
  const opening = await openingMessages({ ...task, followUp }, true);
  expect(opening.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant", "user"]);
  const words = opening.map(({ content }) => content.map((block) => (block.type === "text" ? block.text : "")));
  // The API takes no empty text.
  expect(words.slice(0, 4)).toEqual([["Fix it."], ["Fixed."], ["And tests?"], ["(nothing)"]]);
  expect(words[4]?.[0]).toContain("<record>\n- edit: a.ts\n</record>");
  expect(readFollowUpBlock(words[4]?.[1] ?? "")).toEqual({ number: 2, message: "Now\ndocument it." });
});

test("a conversation that is shortened keeps its opening", async () => {
  const conversation = createConversation(await openingMessages({ ...task, followUp }, true));
  conversation.add("assistant", [{ type: "text", text: "long" }]);
  conversation.restart("short");
  const messages = conversation.messages();
  expect(messages).toHaveLength(5);
  expect(messages.at(-1)?.content).toHaveLength(3);
  conversation.restart("shorter");
  expect(conversation.messages().at(-1)?.content).toHaveLength(3);
});
