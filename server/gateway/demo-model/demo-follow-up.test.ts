import { expect, test } from "vitest";
import { followUpBlock } from "@/lib/protocol/follow-up";
import { sinceFollowUp } from "../follow-up-request";
import { messagesRequestSchema } from "../messages-request";
import { demoTurn } from "./demo-model";

test("the demo model takes a follow-up's message for its prompt and looks at the tree anew", () => {
  const request = messagesRequestSchema.parse({
    model: "demo",
    tools: [{ name: "list" }, { name: "read" }, { name: "edit" }, { name: "finish" }],
    messages: [
      { role: "user", content: "The first wish" },
      { role: "assistant", content: "Done." },
      {
        role: "user",
        content: [
          { type: "text", text: "record" },
          { type: "text", text: followUpBlock(1, "The second wish") },
        ],
      },
    ],
  });
  const { text, tools } = demoTurn(sinceFollowUp(request).request, 0);
  expect(text).toContain("> The second wish");
  expect(text).not.toContain("The first wish");
  expect(tools.map(({ name }) => name)).toEqual(["list"]);
});
