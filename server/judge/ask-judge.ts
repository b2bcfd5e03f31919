import { request } from "node:http";
import { Readable } from "node:stream";
import Anthropic from "@anthropic-ai/sdk";

export type Question = Omit<Anthropic.MessageCreateParamsNonStreaming, "model">;

/** Calls a model as sandboxes do: through the gateway, which knows the caller by its token, keeps the caps and charges what was used. */
export interface JudgeClient {
  countTokens(question: Question, signal: AbortSignal): Promise<number>;
  /**
   * Asks until `read` takes what the verdict's tool was called with, at most three times in one conversation. Rejects with an `Error` for people:
   * no usable answer, or what the gateway or the provider said.
   */
  ask<T extends object>(question: Question, read: (input: unknown) => T | { problem: string }, signal: AbortSignal): Promise<T>;
}

const MOST_TRIES = 3;
/** The gateway holds calls of a paused run back for so long, and a model may think. */
const TIMEOUT_MS = 15 * 60_000;

/** `model` is for the request's form only: the token decides which one answers. */
export function createJudgeClient({ socketPath, token, model }: { socketPath: string; token: string; model: string }): JudgeClient {
  const client = new Anthropic({
    // Nobody resolves it: calls go to the socket.
    baseURL: "http://gateway",
    apiKey: token,
    authToken: null,
    maxRetries: 2,
    timeout: TIMEOUT_MS,
    logLevel: "off",
    fetch: (input, init) => fetchOverSocket(socketPath, String(input), init),
  });
  return {
    async countTokens({ max_tokens: _, ...question }, signal) {
      return (await client.messages.countTokens({ ...question, model } as Anthropic.MessageCountTokensParams, { signal })).input_tokens;
    },
    async ask(question, read, signal) {
      const messages = [...question.messages];
      let problem = "it gave no verdict";
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        // A stream: what a killed server had under way can still be charged.
        const answer = await client.messages.stream({ ...question, messages, model }, { signal }).finalMessage();
        const call = answer.content.find((block) => block.type === "tool_use");
        if (call === undefined && answer.stop_reason === "refusal") throw new Error("The model refused to judge.");
        const result = call === undefined ? { problem: "call the tool with your verdict" } : read(call.input);
        if (!("problem" in result)) return result as never;
        problem = String(result.problem);
        if (answer.stop_reason === "max_tokens") throw new Error("The model's answer was cut for its length.");
        if (answer.content.length > 0) messages.push({ role: "assistant", content: answer.content });
        messages.push({ role: "user", content: corrections(answer, problem) });
      }
      throw new Error(`The model gave no usable verdict in ${MOST_TRIES} tries: ${problem.slice(0, 300)}.`);
    },
  };
}

/** All calls need an answer, or the conversation is refused. */
function corrections({ content }: Anthropic.Message, problem: string): Anthropic.ContentBlockParam[] {
  const said = `This cannot be read: ${problem}. Give the whole verdict once more.`;
  const results = content.flatMap((block) =>
    block.type === "tool_use" ? [{ type: "tool_result" as const, tool_use_id: block.id, is_error: true, content: said }] : [],
  );
  return results.length > 0 ? results : [{ type: "text", text: said }];
}

function fetchOverSocket(socketPath: string, address: string, init: RequestInit = {}): Promise<Response> {
  const { pathname, search } = new URL(address);
  return new Promise((resolve, reject) => {
    const { method, signal } = init;
    const headers = Object.fromEntries(new Headers(init.headers));
    const call = request({ socketPath, path: pathname + search, method, headers, signal: signal ?? undefined }, (answer) => {
      const known = Object.entries(answer.headers).flatMap(([name, value]) =>
        typeof value === "string" ? [[name, value] as [string, string]] : [],
      );
      resolve(new Response(Readable.toWeb(answer) as ReadableStream, { status: answer.statusCode, headers: known }));
    });
    call.on("error", reject);
    call.end(init.body as string | undefined);
  });
}
