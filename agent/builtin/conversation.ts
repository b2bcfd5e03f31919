import type Anthropic from "@anthropic-ai/sdk";

type Block = Anthropic.ContentBlockParam;
export interface Message {
  role: "user" | "assistant";
  content: Block[];
}

/** What has been said so far, always in the form that the API takes: roles alternate and no message is empty. */
export interface Conversation {
  /** With the marks up to which the provider may keep the prompt in its cache. */
  marked(): Anthropic.MessageParam[];
  /** Joins the last message when that has the same role. */
  add(role: Message["role"], content: Block[]): void;
  /** Begins again from its opening and a summary of what came after it. */
  restart(summary: string): void;
  messages(): readonly Message[];
}

/** `opening`: the task, pictures included, and what was said before a follow-up; it begins and ends with the user. */
export function createConversation(opening: readonly Message[]): Conversation {
  let messages: Message[] = opening.map((message) => ({ ...message }));
  /** Where the last request's mark was: what the provider has kept ends exactly there. */
  let earlier: Block | undefined;
  let latest: Block | undefined;

  return {
    messages: () => messages,
    add(role, content) {
      if (content.length === 0) return;
      const last = messages.at(-1);
      if (last?.role === role) last.content = [...last.content, ...content];
      else messages.push({ role, content });
    },
    restart(summary) {
      const last = opening.length - 1;
      const told = { type: "text" as const, text: summary };
      messages = opening.map(({ role, content }, at) => ({ role, content: at === last ? [...content, told] : content }));
      earlier = latest = undefined;
    },
    marked() {
      const end = messages.findLast(({ role }) => role === "user")?.content.at(-1);
      if (end !== latest) {
        earlier = latest;
        latest = end;
      }
      // Two marks, and two more before the messages: the API allows four. The earlier one is found even when a turn had more than the
      // twenty blocks that the provider looks back from a mark.
      const mark = (block: Block): Block =>
        block === latest || block === earlier ? ({ ...block, cache_control: { type: "ephemeral" } } as Block) : block;
      return messages.map(({ role, content }) => ({ role, content: content.map(mark) }));
    },
  };
}
