import type Anthropic from "@anthropic-ai/sdk";
import type { ModelEntry } from "@/lib/models/catalogue";
import type { TokenCounts } from "@/lib/pricing/prices";
import { type AskOptions, askModel, type ModelRequest, PromptTooLong } from "./ask-model";
import type { Answer } from "./collect-answer";
import type { Conversation } from "./conversation";

/** Beyond this share of the window the conversation is made shorter. */
const FULL_AT = 0.8;
/** About three characters are a token, so this is half of a window. */
const CHARACTERS_PER_WINDOW_TOKEN = 1.5;
/** A model that does not even take this much cannot go on. */
const LEAST_TRANSCRIPT = 8_000;
/** Characters of one tool result in a transcript. */
const RESULT_CHARACTERS = 1_500;

const ASK =
  "The conversation is about to be replaced by a summary because it fills the model's window. Do not call tools now. Write that summary for yourself, so that you can go on without the conversation: the task and every wish of the person, what was found out (with paths and lines), what was changed and why, what was tried and failed, commands that work, the state of checks, and the next steps.";

/** True when the next call would come too near to the end of the model's window. `used`: what the last call counted. */
export function isNearlyFull({ contextTokens }: ModelEntry, maxTokens: number, used: TokenCounts): boolean {
  const tokens = used.inputTokens + used.cacheReadTokens + used.cacheWriteTokens + used.outputTokens;
  return tokens > Math.min(contextTokens * FULL_AT, contextTokens - maxTokens);
}

export interface CompactOptions {
  request: ModelRequest;
  conversation: Conversation;
  ask: AskOptions;
  entry: ModelEntry;
  /** True when the conversation no longer fits even to be summarised as it is. */
  overflown: boolean;
}

/**
 * Replaces the conversation by the prompt and a summary that the model writes itself. Nothing of the old messages stays: thinking is bound
 * to the conversation that it was thought in, and a provider refuses it in another one. Rejects as `askModel` does.
 */
export async function compact(options: CompactOptions): Promise<void> {
  const whole = options.overflown ? undefined : await summariseWhole(options);
  const summary = whole ?? (await summariseTranscript(options));
  options.conversation.restart(
    `The conversation so far was replaced by this summary, which you wrote:\n<summary>\n${summary}\n</summary>\nGo on from there. Files may be read again.`,
  );
}

/** In the provider's cache but for the last sentence, so it is cheap. Undefined when it does not fit, or no summary came. */
async function summariseWhole({ request, conversation, ask }: CompactOptions): Promise<string | undefined> {
  const messages = conversation.marked();
  const last = messages.at(-1);
  const question: Anthropic.TextBlockParam = { type: "text", text: ASK };
  const asked: Anthropic.MessageParam[] =
    last?.role === "user" && Array.isArray(last.content)
      ? [...messages.slice(0, -1), { role: "user", content: [...last.content, question] }]
      : [...messages, { role: "user", content: [question] }];
  try {
    return textOf(await askModel({ ...request, messages: asked }, ask));
  } catch (error) {
    if (error instanceof PromptTooLong) return undefined;
    throw error;
  }
}

/** As plain text, cut to half of the window, or less where the model turns out to take less than it is known for. */
async function summariseTranscript({ request, conversation, ask, entry }: CompactOptions): Promise<string> {
  const transcript = renderTranscript(conversation.messages());
  const { tools: _, ...plain } = request;
  for (let characters = Math.floor(entry.contextTokens * CHARACTERS_PER_WINDOW_TOKEN); ; characters = Math.floor(characters / 4)) {
    const content = `<transcript>\n${middleOut(transcript, characters)}\n</transcript>\n\n${ASK}`;
    try {
      const answer = await askModel({ ...plain, messages: [{ role: "user", content }] }, { ...ask, name: `${ask.name}t${characters}` });
      return textOf(answer) ?? "(The model wrote no summary: look at the working tree with git diff to see what was done.)";
    } catch (error) {
      if (!(error instanceof PromptTooLong) || characters < LEAST_TRANSCRIPT) throw error;
    }
  }
}

function textOf({ text }: Answer): string | undefined {
  return text.trim() === "" ? undefined : text.trim();
}

/** Messages as text for a reader: who said what, which tool was called with what, and the beginning and end of results. */
export function renderTranscript(messages: readonly { role: string; content: readonly Anthropic.ContentBlockParam[] }[]): string {
  return messages.flatMap(({ role, content }) => content.flatMap((block) => renderBlock(role, block))).join("\n\n");
}

function renderBlock(role: string, block: Anthropic.ContentBlockParam): string[] {
  switch (block.type) {
    case "text":
      return [`${role}: ${block.text}`];
    case "tool_use":
      return [`${role} called ${block.name}: ${middleOut(JSON.stringify(block.input), RESULT_CHARACTERS)}`];
    case "tool_result": {
      const text = typeof block.content === "string" ? block.content : JSON.stringify(block.content ?? "");
      return [`result: ${middleOut(text, RESULT_CHARACTERS)}`];
    }
    case "image":
      return [`${role}: (an image)`];
    default:
      return [];
  }
}

/** Head and tail of a text that is too long. */
function middleOut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)}\n[… ${text.length - 2 * half} characters left out …]\n${text.slice(-half)}`;
}
