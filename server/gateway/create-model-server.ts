import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { ApiError, sendError } from "./api-error";
import { createMessageReply } from "./message-reply";
import { messagesRequestSchema, roughTokens } from "./messages-request";
import type { Model } from "./model";
import { readJsonBody } from "./read-json-body";

export interface ModelServerOptions {
  demo: Model;
  scripted: Model;
}

/** The demo and scripted models behind the same API that a provider has. */
export interface ModelServer {
  baseUrl: string;
  /** Other users of this machine can reach the port, but not without this key. */
  apiKey: string;
  close(): Promise<void>;
}

/** Tells the models which variation calls. */
export const VARIATION_HEADER = "x-aideator-variation";
/** Tells the models which attempt calls, which never sees them. */
export const ATTEMPT_HEADER = "x-aideator-attempt";

/** Serves the models on a loopback port: sandboxes have no network, so they reach them only by the gateway. */
export async function createModelServer(models: ModelServerOptions): Promise<ModelServer> {
  const apiKey = randomBytes(24).toString("hex");
  const server = createServer((request, response) => {
    // Whoever reads may leave at any time.
    response.on("error", () => undefined);
    answer(models, apiKey, request, response).catch((error: unknown) => sendError(response, error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The model server has no port.");
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    apiKey,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(models: ModelServerOptions, apiKey: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers["x-api-key"] !== apiKey) throw new ApiError(401, "authentication_error", "The key is wrong.");
  const parsed = messagesRequestSchema.safeParse((await readJsonBody(request)).value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ApiError(400, "invalid_request_error", `${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { model, stream, messages, system, tools } = parsed.data;
  const inputTokens = roughTokens(JSON.stringify([system, messages, tools]));
  if (new URL(request.url ?? "/", "http://localhost").pathname.endsWith("/count_tokens")) {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ input_tokens: inputTokens }));
    return;
  }
  const play = model === "demo" ? models.demo : models.scripted;
  await play({
    request: parsed.data,
    variation: Number(request.headers[VARIATION_HEADER] ?? 0),
    attempt: String(request.headers[ATTEMPT_HEADER] ?? ""),
    reply: createMessageReply(response, { model, inputTokens, stream }),
  });
}
