import { once } from "node:events";
import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { dirname } from "node:path";
import { builtInPrices } from "@/lib/pricing/price-table";
import { isFree } from "@/lib/pricing/prices";
import { ApiError, sendError } from "./api-error";
import { createBudgetLedger } from "./budget-ledger";
import { createUpstreamDialer } from "./call-upstream";
import { createModelServer } from "./create-model-server";
import { createDemoModel } from "./demo-model/demo-model";
import { createFairGate } from "./fair-gate";
import { forwardedHeaders } from "./forwarded-headers";
import type { AttemptGrant, GatewayOptions, ModelGateway, UpstreamPatience } from "./gateway";
import { readJsonBody } from "./read-json-body";
import { type BreakerRhythm, createRunBreaker } from "./run-breaker";
import { createScriptedModel } from "./scripted-model";
import type { FilledOptions, MessageCall, ServeContext } from "./serve-context";
import { localUpstream, providerOf, readClean, serveLocalMessage, serveProviderMessage } from "./serve-message";

const MESSAGES = "/v1/messages";
const COUNT_TOKENS = "/v1/messages/count_tokens";
const MODELS = "/v1/models";
/** Longer than an agent is silent between two calls, so that its kept connections stay good. */
const KEEP_ALIVE_MS = 120_000;
const RHYTHM: BreakerRhythm & UpstreamPatience = {
  firstPauseMs: 5_000,
  longestPauseMs: 5 * 60_000,
  // Clients wait two to ten minutes for the first byte.
  holdMs: 100_000,
  firstByteMs: 120_000,
  wholeAnswerMs: 600_000,
  idleMs: 120_000,
};

const nothing = (): Promise<void> => Promise.resolve();
const QUIET: Omit<FilledOptions, "socketPath" | "authorize" | "onUsage"> = {
  prices: () => builtInPrices,
  spent: () => Promise.resolve(0),
  audit: { begin: nothing, end: nothing },
  onNotice: nothing,
  onPaused: nothing,
  onResumed: nothing,
  onError: () => undefined,
  maxCalls: 32,
  redact: (text) => text,
};

/**
 * Opens the only door of a sandbox: the Anthropic Messages API on a unix socket. It knows callers by their attempt's token, decides
 * which model answers, adds the provider's key, keeps budgets, and meters. `close` ends all calls and waits until they are charged.
 */
export async function createGateway(given: GatewayOptions): Promise<ModelGateway> {
  const { socketPath } = given;
  const options: FilledOptions = { ...QUIET, ...given };
  const context = await createContext(options);
  const calls = new Set<Promise<void>>();
  const listener: RequestListener = (request, response) => {
    // Whoever reads may leave at any time.
    response.on("error", () => undefined);
    const call = serve(context, request, response)
      .catch((error: unknown) => {
        if (!(error instanceof ApiError) && !response.destroyed) options.onError(error);
        sendError(response, error);
      })
      .finally(() => calls.delete(call));
    calls.add(call);
  };
  const server = createServer(listener);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  try {
    await listen(server, socketPath);
  } catch (error) {
    await context.models.close();
    throw error;
  }
  return {
    socketPath,
    listener,
    grantOf: (request) => grantOf(options, request),
    restorePause: context.breaker.restore,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await Promise.all(calls);
      context.dialer.close();
      await context.models.close();
    },
  };
}

async function createContext(options: FilledOptions): Promise<ServeContext> {
  const rhythm = { ...RHYTHM, ...options.rhythm };
  return {
    options,
    models: await createModelServer({ demo: createDemoModel(), scripted: createScriptedModel(options.scriptsDir) }),
    dialer: createUpstreamDialer(),
    ledger: createBudgetLedger(options.spent),
    gate: createFairGate(options.maxCalls),
    breaker: createRunBreaker({
      ...rhythm,
      now: () => performance.now(),
      wall: Date.now,
      random: Math.random,
      onPaused: (runId, pause) => void options.onPaused(runId, pause).catch(options.onError),
      onResumed: (runId) => void options.onResumed(runId).catch(options.onError),
    }),
    patience: rhythm,
    notices: new Set(),
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

async function serve(context: ServeContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = "/" } = request;
  const pathname = url.split("?", 1)[0];
  const asked = `${request.method} ${pathname}`;
  if (asked === `GET ${MODELS}`) return listModels(await authorize(context.options, request), response);
  if (asked !== `POST ${MESSAGES}` && asked !== `POST ${COUNT_TOKENS}`) {
    throw new ApiError(404, "not_found_error", `The model gateway has no ${asked}.`);
  }
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  response.once("close", leave);
  try {
    const grant = await authorize(context.options, request);
    const body = await readJsonBody(request);
    if (response.destroyed) leave();
    const call = { grant, path: url, body, request, response, signal: gone.signal };
    if (pathname === COUNT_TOKENS) await serveCount(context, call);
    else if (isFree(grant.model)) await serveLocalMessage(context, call);
    else await serveProviderMessage(context, call);
  } catch (error) {
    // Nobody is left to tell.
    if (!gone.signal.aborted) throw error;
  } finally {
    response.off("close", leave);
  }
}

async function grantOf(options: FilledOptions, { headers }: IncomingMessage): Promise<AttemptGrant | undefined> {
  const [, bearer] = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? "") ?? [];
  const key = headers["x-api-key"];
  const token = typeof key === "string" && key !== "" ? key : bearer;
  return token === undefined ? undefined : options.authorize(token);
}

async function authorize(options: FilledOptions, request: IncomingMessage): Promise<AttemptGrant> {
  const grant = await grantOf(options, request);
  if (grant !== undefined) return grant;
  throw new ApiError(401, "authentication_error", "This token stands for no running attempt.");
}

/** Counting tokens is free. */
async function serveCount(context: ServeContext, { grant, path, body, request, response, signal }: MessageCall): Promise<void> {
  const { model } = grant;
  const answer = await context.dialer.call({
    upstream: isFree(model) ? localUpstream(context, grant) : providerOf(context, model),
    path,
    body: body.render({ model }),
    headers: forwardedHeaders(request.headers),
    signal,
    patienceMs: context.patience.firstByteMs,
  });
  response.writeHead(answer.status, answer.headers).end(await readClean(context, answer));
}

/** The models that this attempt may use: the one it was given. */
function listModels({ model }: AttemptGrant, response: ServerResponse): void {
  const data = [{ type: "model", id: model, display_name: model, created_at: "1970-01-01T00:00:00Z" }];
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ data, has_more: false, first_id: model, last_id: model }));
}
