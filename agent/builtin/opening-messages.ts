import { readFile } from "node:fs/promises";
import type Anthropic from "@anthropic-ai/sdk";
import type { AgentTask } from "@/lib/protocol/agent-task";
import { type FollowUp, followUpBlock } from "@/lib/protocol/follow-up";
import type { Message } from "./conversation";

/** What the conversation begins with: the task, and for a follow-up what was said since and what is to be done now. */
export async function openingMessages(task: AgentTask, takesImages: boolean): Promise<Message[]> {
  const prompt: Message = { role: "user", content: await promptBlocks(task, takesImages) };
  return task.followUp === undefined ? [prompt] : [prompt, ...followUpMessages(task.followUp)];
}

/** The task as the first message: pictures first, as models read them best. */
async function promptBlocks({ prompt, images = [] }: AgentTask, takesImages: boolean): Promise<Anthropic.ContentBlockParam[]> {
  const pictures = takesImages
    ? await Promise.all(
        images.map(async ({ path, mediaType }): Promise<Anthropic.ImageBlockParam> => {
          const data = (await readFile(path)).toString("base64");
          return { type: "image", source: { type: "base64", media_type: mediaType, data } };
        }),
      )
    : [];
  return [...pictures, text(prompt)];
}

/**
 * Earlier turns as what was asked and the agent's last word on it. The calls of tools come as a record in the last message, not as the
 * assistant's own words: a model goes on in the form that it finds itself writing in.
 */
function followUpMessages({ number, earlier, record, message }: FollowUp): Message[] {
  const past = earlier.flatMap(({ asked, answered }, at): Message[] => [
    ...(at === 0 ? [] : [{ role: "user" as const, content: [text(asked ?? "(nothing)")] }]),
    { role: "assistant", content: [text(answered)] },
  ]);
  const told = `You worked on this before; the working tree is as you left it, nothing of it is committed. A record of what was said and done, shortened (read files again where you need them):\n<record>\n${record}\n</record>\nNow do what the person says in the follow-up, on top of what is there. Call finish with a summary of this turn when it is done.`;
  return [...past, { role: "user", content: [text(told), text(followUpBlock(number, message))] }];
}

function text(words: string): Anthropic.TextBlockParam {
  return { type: "text", text: words.trim() === "" ? "(nothing)" : words };
}
