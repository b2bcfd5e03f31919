import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Checked, checkRequest } from "./check-request";
import { composeReply } from "./compose-reply";
import type { JsonObject } from "./json";
import { createPromptCache } from "./prompt-cache";
import { invalid, Refusal } from "./refusal";
import type { Reply } from "./reply";
import { createSignatures } from "./signatures";
import { streamReply } from "./stream-reply";

/** Later versions have no sampling parameters. */
const VERSIONS = ["2023-06-01", "2026-10-21"];
const MAX_BYTES = 32 * 1024 * 1024;

/** The tokens that this provider charges for one call. */
export interface Charge {
  model: string;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
}

/** One request as it came, and what became of it. */
export interface ProviderCall {
  body: JsonObject;
  /** Undefined where the request was refused before it was understood. */
  request?: Checked;
  status: number;
  error?: string;
  charge?: Charge;
}

export interface ProviderOptions {
  key: string;
  /** The reply to each request in turn, retries included; afterwards the model says "Done.". */
  replies: readonly (Reply | ((call: ProviderCall) => Reply))[];
  /** Tokens per four bytes of prompt; 1 by default. */
  weight?: number;
}

export interface Provider {
  baseUrl: string;
  readonly calls: readonly ProviderCall[];
  /** Resolves when no answer is under way: every charge is known then. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Somebody else's Messages API: written from its public documentation, it shares nothing with the agent, the gateway or the models of this
 * project. It is strict about requests, counts tokens by a rule of its own, and keeps its own tally of what it charges.
 */
export async function startProvider({ key, replies, weight = 1 }: ProviderOptions): Promise<Provider> {
  const calls: ProviderCall[] = [];
  const cache = createPromptCache();
  const signatures = createSignatures();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call: ProviderCall = { body: {}, status: 200 };
    const place = calls.push(call) - 1;
    try {
      call.body = await readRequest(request, key);
      const checked = checkRequest(call.body);
      call.request = checked;
      signatures.check(checked.messages);
      const { total, ...input } = cache.count(checked, weight);
      if (total > checked.rules.context) throw invalid(`prompt is too long: ${total} tokens > ${checked.rules.context} maximum`);
      const scripted = replies[place] ?? {};
      const reply = typeof scripted === "function" ? scripted(call) : scripted;
      if (reply.refuse !== undefined) return refuse(response, call, reply.refuse);
      if (reply.cut?.place === "nothing") return void request.socket.destroy();
      if (!checked.stream) throw invalid("this provider only streams");
      const events = composeReply(reply, checked, input, signatures);
      const written = await streamReply(response, events, reply);
      const outputTokens = events.slice(0, written).findLast((event) => event.outputTokens !== undefined)?.outputTokens;
      if (outputTokens === undefined) return;
      cache.keep(checked, weight);
      call.charge = {
        model: checked.model,
        inputTokens: input.input,
        outputTokens,
        cacheReadTokens: input.cacheRead,
        cacheWriteTokens: input.cacheWrite,
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(response, call, error);
    }
  }

  const underway = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    response.on("error", () => undefined);
    const answering = answer(request, response).catch((error: unknown) => {
      calls.push({ body: {}, status: 599, error: `the provider itself failed: ${String(error)}` });
      response.destroy();
    });
    underway.add(answering);
    void answering.finally(() => underway.delete(answering));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async settled() {
      while (underway.size > 0) await Promise.all(underway);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function readRequest(request: IncomingMessage, key: string): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.headers["x-api-key"] !== key) throw new Refusal(401, "authentication_error", "invalid x-api-key");
  const version = request.headers["anthropic-version"];
  if (typeof version !== "string") throw invalid("anthropic-version: header is required");
  if (!VERSIONS.includes(version)) throw invalid(`anthropic-version: "${version}" is not a valid version`);
  if (request.method !== "POST" || request.url?.split("?")[0] !== "/v1/messages") throw new Refusal(404, "not_found_error", "Not Found");
  const body = Buffer.concat(chunks);
  if (body.length > MAX_BYTES) throw new Refusal(413, "request_too_large", "Request exceeds the maximum size");
  let parsed: JsonObject;
  try {
    parsed = JSON.parse(body.toString("utf8")) as JsonObject;
  } catch {
    throw invalid("The request body is not valid JSON");
  }
  for (const field of version === "2023-06-01" ? [] : ["temperature", "top_p", "top_k"]) {
    if (parsed[field] !== undefined) throw invalid(`${field}: Extra inputs are not permitted`);
  }
  return parsed;
}

interface RefusalAnswer {
  status: number;
  type: string;
  message: string;
  headers?: Record<string, string>;
}

function refuse(response: ServerResponse, call: ProviderCall, { status, type, message, headers = {} }: RefusalAnswer): void {
  call.status = status;
  call.error = message;
  response
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(JSON.stringify({ type: "error", error: { type, message } }));
}
