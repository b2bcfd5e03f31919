import { once } from "node:events";
import {
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
  type ServerResponse,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { Readable } from "node:stream";
import { urlToHttpOptions } from "node:url";
import { createBrotliDecompress, createGunzip, createInflate, constants as zlib } from "node:zlib";
import { ApiError } from "./api-error";

/** Where calls go: a provider, or the models of this process, which are reached just the same. */
export interface Upstream {
  baseUrl: string;
  apiKey?: string;
  /** Added to each call. */
  headers?: Record<string, string>;
}

export interface UpstreamCall {
  upstream: Upstream;
  /** With its query string. */
  path: string;
  body: string;
  /** What of the caller's headers goes on. */
  headers: Record<string, string>;
  signal: AbortSignal;
  /** ms until the answer has to begin. */
  patienceMs: number;
}

/** An answer that has begun. */
export interface UpstreamAnswer {
  status: number;
  /** Those that go back to the caller. */
  headers: Record<string, string | string[]>;
  /** Without any compression. */
  body: Readable;
}

/** Opens calls on connections that are kept between them. */
export interface UpstreamDialer {
  /** Rejects with an `ApiError` 502 or 504 where no answer begins, or as the signal says. */
  call(call: UpstreamCall): Promise<UpstreamAnswer>;
  close(): void;
}

const PASSED_BACK = ["content-type", "retry-after", "request-id", "x-should-retry"];
const PASSED_BACK_GROUP = "anthropic-ratelimit-";
/** Shorter than any provider keeps an idle connection. */
const KEEP_IDLE_MS = 30_000;

/** See `UpstreamDialer`. */
export function createUpstreamDialer(): UpstreamDialer {
  const kept = { keepAlive: true, scheduling: "lifo", timeout: KEEP_IDLE_MS } as const;
  const http = new HttpAgent(kept);
  const https = new HttpsAgent(kept);

  /** Parsed once: there are two or three of them. */
  const bases = new Map<string, { url: URL; options: RequestOptions }>();
  function parsed(baseUrl: string): { url: URL; options: RequestOptions } {
    const known = bases.get(baseUrl);
    if (known !== undefined) return known;
    const url = new URL(baseUrl);
    const base = { url, options: urlToHttpOptions(url) };
    bases.set(baseUrl, base);
    return base;
  }

  async function open(call: UpstreamCall, again: boolean): Promise<IncomingMessage> {
    const { upstream, path, body, signal } = call;
    const { url: base, options } = parsed(upstream.baseUrl);
    const headers: Record<string, string | number> = {
      "content-type": "application/json",
      ...call.headers,
      // Some compress nevertheless: see `plain`.
      "accept-encoding": "identity",
      "content-length": Buffer.byteLength(body),
      ...(upstream.apiKey !== undefined && { "x-api-key": upstream.apiKey }),
      ...upstream.headers,
    };
    signal.throwIfAborted();
    const secure = base.protocol === "https:";
    const outgoing = (secure ? requestHttps : requestHttp)({
      ...options,
      path: base.pathname.replace(/\/+$/, "") + path,
      method: "POST",
      headers,
      agent: again ? false : secure ? https : http,
    });
    const silent = setTimeout(() => outgoing.destroy(new SilentUpstream()), call.patienceMs);
    const leave = (): void => void outgoing.destroy();
    signal.addEventListener("abort", leave, { once: true });
    outgoing.end(body);
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.once("response", resolve);
        // Stays: later errors are those of the answer.
        outgoing.on("error", reject);
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof SilentUpstream) {
        const seconds = Math.round(call.patienceMs / 1_000);
        throw new ApiError(504, "timeout_error", `The model provider at ${base.host} said nothing for ${seconds} seconds.`);
      }
      // The other side closed the kept connection just when it was used again: it never saw this call.
      if (!again && outgoing.reusedSocket) return open(call, true);
      throw new ApiError(502, "api_error", `The model provider at ${base.host} cannot be reached: ${reason(error)}.`);
    } finally {
      clearTimeout(silent);
    }
  }

  return {
    async call(call) {
      const answer = await open(call, false);
      return { status: answer.statusCode ?? 502, headers: passedBack(answer.headers), body: plain(answer) };
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

class SilentUpstream extends Error {}
/** The provider's doing, not the reader's. */
class BrokenAnswer extends Error {}

function passedBack(headers: IncomingHttpHeaders): UpstreamAnswer["headers"] {
  const passed: UpstreamAnswer["headers"] = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && (PASSED_BACK.includes(name) || name.startsWith(PASSED_BACK_GROUP))) passed[name] = value;
  }
  return passed;
}

/** Counts can only be read from bytes that nobody compressed; each flushed part comes out at once. */
function plain(answer: IncomingMessage): Readable {
  const encoding = answer.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity") return answer;
  const flush = { flush: zlib.Z_SYNC_FLUSH };
  const decoder =
    encoding === "gzip" || encoding === "x-gzip"
      ? createGunzip(flush)
      : encoding === "deflate"
        ? createInflate(flush)
        : encoding === "br"
          ? createBrotliDecompress({ flush: zlib.BROTLI_OPERATION_FLUSH })
          : undefined;
  if (decoder === undefined) {
    answer.destroy();
    throw new ApiError(502, "api_error", `The model provider answered in the encoding ${encoding}, which nobody asked for.`);
  }
  answer.on("error", (error) => decoder.destroy(error));
  answer.on("aborted", () => decoder.destroy(new Error("the answer broke off")));
  decoder.on("close", () => answer.destroy());
  return answer.pipe(decoder);
}

/** Told of each chunk before it is passed on; a promise holds the chunk back until it is settled. */
export type ChunkWatcher = (chunk: Buffer) => Promise<unknown> | undefined;

/**
 * Passes an answer back as it arrives, at the reader's pace. Resolves to how it ended: `whole`; `broken` off by the provider, or by its
 * silence of `idleMs`; `cut` by this side, most often because the reader has gone or does not read. The end of the answer is left to the
 * caller, who may have something to do before it.
 */
export async function passBack(
  { body }: UpstreamAnswer,
  response: ServerResponse,
  watch: ChunkWatcher,
  { signal, idleMs }: { signal: AbortSignal; idleMs: number },
): Promise<"whole" | "broken" | "cut"> {
  const silent = setTimeout(() => body.destroy(new SilentUpstream()), idleMs);
  try {
    await forward(body, response, watch, { signal, onBytes: () => void silent.refresh() });
    return "whole";
  } catch (error) {
    return error instanceof BrokenAnswer && !signal.aborted ? "broken" : "cut";
  } finally {
    clearTimeout(silent);
    body.destroy();
  }
}

/** Listens itself: an iterator over a stream costs each chunk a good part of what the gateway may. */
function forward(
  body: Readable,
  response: ServerResponse,
  watch: ChunkWatcher,
  { signal, onBytes }: { signal: AbortSignal; onBytes(): void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let held = false;
    const holdFor = (reason: Promise<unknown>, then: () => void): void => {
      body.pause();
      held = true;
      reason.then(() => {
        held = false;
        then();
      }, reject);
    };
    const goOn = (): void => {
      onBytes();
      body.resume();
    };
    const pass = (chunk: Buffer): void => {
      // Where it does not go on at once the silence is the reader's.
      if (response.write(chunk)) body.resume();
      else holdFor(once(response, "drain", { signal }), goOn);
    };
    body.on("data", (chunk: Buffer) => {
      onBytes();
      const wait = watch(chunk);
      if (wait === undefined) pass(chunk);
      else holdFor(wait, () => pass(chunk));
    });
    body.once("end", resolve);
    body.once("error", (error) => reject(held && error instanceof SilentUpstream ? error : new BrokenAnswer()));
    body.once("close", () => reject(new BrokenAnswer()));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    // It may have broken off before anybody listened.
    if (body.destroyed) reject(new BrokenAnswer());
    signal.throwIfAborted();
  });
}

/** The whole of a short answer, such as an error; cut at `limit` bytes. */
export async function readShort({ body }: UpstreamAnswer, limit = 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) break;
      chunks.push(chunk);
    }
  } catch {
    // What has arrived says enough.
  }
  return Buffer.concat(chunks);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return "it failed";
  // Node joins the attempts by IPv4 and IPv6 in an error that has a code but no message.
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
