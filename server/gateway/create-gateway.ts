import { once } from "node:events";
import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname } from "node:path";
import { dollarsFor } from "@/lib/pricing/prices";
import { ApiError, sendError } from "./api-error";
import { ATTEMPT_HEADER, createModelServer, type ModelServer, VARIATION_HEADER } from "./create-model-server";
import { createDemoModel } from "./demo-model/demo-model";
import type { AttemptGrant, GatewayOptions, ModelGateway } from "./gateway";
import { proxyCall, type Upstream } from "./proxy-call";
import { readJsonBody } from "./read-json-body";
import { createScriptedModel } from "./scripted-model";

const MESSAGES = "/v1/messages";
const COUNT_TOKENS = "/v1/messages/count_tokens";
/** Longer than an agent is silent between two calls, so that its kept connections stay good. */
const KEEP_ALIVE_MS = 120_000;

/**
 * Opens the only door of a sandbox: the Anthropic Messages API on a unix socket. It knows callers by their attempt's token, decides
 * which model answers, adds the provider's key, and meters. `close` ends all calls and waits until they are charged.
 */
export async function createGateway(options: GatewayOptions): Promise<ModelGateway> {
  const { socketPath } = options;
  const models = await createModelServer({ demo: createDemoModel(), scripted: createScriptedModel(options.scriptsDir) });
  const calls = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    // Whoever reads may leave at any time.
    response.on("error", () => undefined);
    const call = serve(options, models, request, response)
      .catch((error: unknown) => sendError(response, error))
      .finally(() => calls.delete(call));
    calls.add(call);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  try {
    await listen(server, socketPath);
  } catch (error) {
    await models.close();
    throw error;
  }
  return {
    socketPath,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await Promise.all(calls);
      await models.close();
    },
  };
}

async function listen(server: ReturnType<typeof createServer>, socketPath: string): Promise<void> {
  await mkdir(dirname(socketPath), { recursive: true });
  // Not left to the umask: sandboxes run under other users. What guards the door is the token.
  await chmod(dirname(socketPath), 0o755);
  // Left behind by a process that was killed; it would refuse to be bound again.
  await rm(socketPath, { force: true });
  server.listen(socketPath);
  await once(server, "listening");
  await chmod(socketPath, 0o666);
}

async function serve(options: GatewayOptions, models: ModelServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? "/", "http://gateway");
  if (request.method !== "POST" || (pathname !== MESSAGES && pathname !== COUNT_TOKENS)) {
    throw new ApiError(404, "not_found_error", `The model gateway has no ${request.method} ${pathname}.`);
  }
  const grant = await authorize(options, request);
  const upstream = upstreamOf(options, models, grant);
  const body = JSON.stringify({ ...(await readJsonBody(request)), model: grant.model });
  await proxyCall({
    upstream,
    path: pathname + search,
    body,
    request,
    response,
    // Counting tokens is free.
    ...(pathname === MESSAGES && {
      charge: (counts) => options.onUsage(grant, { model: grant.model, ...counts, dollars: dollarsFor(grant.model, counts) }),
    }),
  });
}

async function authorize(options: GatewayOptions, { headers }: IncomingMessage): Promise<AttemptGrant> {
  const [, bearer] = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? "") ?? [];
  const key = headers["x-api-key"];
  const token = typeof key === "string" && key !== "" ? key : bearer;
  const grant = token === undefined ? undefined : await options.authorize(token);
  if (grant !== undefined) return grant;
  throw new ApiError(401, "authentication_error", "This token stands for no running attempt.");
}

function upstreamOf({ provider }: GatewayOptions, models: ModelServer, { model, runId, variation, attempt }: AttemptGrant): Upstream {
  if (model === "demo" || model.startsWith("script:")) {
    const headers = { [VARIATION_HEADER]: String(variation), [ATTEMPT_HEADER]: `${runId}/${variation}/${attempt}` };
    return { baseUrl: models.baseUrl, apiKey: models.apiKey, headers };
  }
  if (provider !== undefined) return provider;
  throw new ApiError(
    400,
    "invalid_request_error",
    `No model provider is configured, so ${model} cannot answer. Set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL and start the server again.`,
  );
}
