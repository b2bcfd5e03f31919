import { readFollowUpBlock } from "@/lib/protocol/follow-up";
import type { MessagesRequest } from "./messages-request";

/**
 * A request as the models of this process look at it: one that belongs to a follow-up begins with the person's message, as if that were the
 * prompt. `followUp`: which one of the variation, from 1; 0 for the prompt itself.
 */
export function sinceFollowUp(request: MessagesRequest): { request: MessagesRequest; followUp: number } {
  const { messages } = request;
  for (let at = messages.length - 1; at > 0; at -= 1) {
    for (const block of messages[at]?.content ?? []) {
      const found = block.type === "text" && typeof block.text === "string" ? readFollowUpBlock(block.text) : undefined;
      if (found === undefined) continue;
      const first = { role: "user" as const, content: [{ type: "text", text: found.message }] };
      return { request: { ...request, messages: [first, ...messages.slice(at + 1)] }, followUp: found.number };
    }
  }
  return { request, followUp: 0 };
}
