import { once } from "node:events";
import { type IncomingMessage, request as requestHttp, type ServerResponse } from "node:http";
import { request as requestHttps } from "node:https";
import type { TokenCounts } from "@/lib/pricing/prices";
import { ApiError } from "./api-error";
import { meterUsage } from "./meter-usage";

/** Where calls go: a provider, or the models of this process, which are reached just the same. */
export interface Upstream {
  baseUrl: string;
  apiKey?: string;
  /** Added to each call. */
  headers?: Record<string, string>;
}

export interface ProxyCall {
  upstream: Upstream;
  /** With its query string. */
  path: string;
  body: string;
  request: IncomingMessage;
  response: ServerResponse;
  /** Called at most once, when the counts are final. Absent: the call is free. */
  charge?(counts: TokenCounts): Promise<void>;
}

/** Nothing else of the caller's headers goes upstream, above all not its token. */
const FORWARDED = ["anthropic-version", "anthropic-beta", "content-type", "accept"];
const PASSED_BACK = /^(content-type|retry-after|request-id|x-should-retry|anthropic-ratelimit-.*)$/;
/** Longer silence than any model's first word takes. */
const SILENCE_MS = 600_000;

/**
 * Passes one call on and its answer back as it arrives, at the reader's pace. The answer's end, from `message_stop` on, is held back
 * until the call is charged, so that whoever got the whole answer has also been charged for it.
 */
export async function proxyCall(call: ProxyCall): Promise<void> {
  const { response } = call;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  response.once("close", leave);
  if (response.destroyed) leave();
  try {
    const answer = await send(call, gone.signal);
    await passBack(call, answer, gone.signal);
  } catch (error) {
    // Nobody is left to tell.
    if (!gone.signal.aborted) throw error;
  } finally {
    response.off("close", leave);
  }
}

async function send({ upstream, path, body, request }: ProxyCall, signal: AbortSignal): Promise<IncomingMessage> {
  const url = new URL(`${upstream.baseUrl.replace(/\/+$/, "")}${path}`);
  const headers: Record<string, string | string[]> = { "content-type": "application/json", ...pick(request) };
  // Counts can only be read from bytes that nobody compressed.
  headers["accept-encoding"] = "identity";
  headers["content-length"] = String(Buffer.byteLength(body));
  if (upstream.apiKey !== undefined) headers["x-api-key"] = upstream.apiKey;
  Object.assign(headers, upstream.headers);
  const open = url.protocol === "https:" ? requestHttps : requestHttp;
  // A connection of its own: one that was kept may be closed by the other side just when it is used again.
  const outgoing = open(url, { method: "POST", headers, signal, agent: false, timeout: SILENCE_MS });
  outgoing.on("timeout", () => outgoing.destroy(new Error("it was silent for too long")));
  const answered = once(outgoing, "response");
  // Later errors are those of the answer.
  outgoing.on("error", () => undefined);
  outgoing.end(body);
  try {
    const [answer] = (await answered) as [IncomingMessage];
    return answer;
  } catch (error) {
    throw new ApiError(502, "api_error", `The model provider at ${url.host} cannot be reached: ${reason(error)}.`);
  }
}

async function passBack({ response, charge }: ProxyCall, answer: IncomingMessage, signal: AbortSignal): Promise<void> {
  const status = answer.statusCode ?? 502;
  const meter = charge !== undefined && status >= 200 && status < 300 ? meterUsage(answer.headers["content-type"]) : undefined;
  let charging: Promise<void> | undefined;
  const settle = (): Promise<void> => {
    charging ??= (async () => {
      const counts = meter?.finish();
      if (counts !== undefined) await charge?.(counts);
    })();
    return charging;
  };
  response.writeHead(status, Object.fromEntries(Object.entries(answer.headers).filter(([name]) => PASSED_BACK.test(name))));
  response.flushHeaders();
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      meter?.observe(chunk);
      if (meter?.stopped) await settle();
      if (!response.write(chunk)) await once(response, "drain", { signal });
    }
  } catch {
    // Either side broke off: what arrived was charged, and the reader must not take it for the whole.
    await settle();
    response.destroy();
    return;
  } finally {
    answer.destroy();
  }
  await settle();
  response.end();
}

function pick({ headers }: IncomingMessage): Record<string, string | string[]> {
  const picked: Record<string, string | string[]> = {};
  for (const name of FORWARDED) {
    const value = headers[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return "it failed";
  // Node joins the attempts by IPv4 and IPv6 in an error that has a code but no message.
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
