import { type ClientRequest, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as pause } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { z } from "zod";

/** An answer of the API server that is no success; `status` 0: there was none. `reason` is Kubernetes' word (`AlreadyExists`, `Expired`). */
export class ClusterError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = "ClusterError";
  }
}

export interface ClusterRequest {
  query?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
}

/** The API server over HTTPS, with the credentials of a kubeconfig or of the pod's service account. */
export interface ClusterApi {
  /** JSON in, JSON out. What may pass (429, 5xx, a broken connection) is tried again with back-off for half a minute; then `ClusterError`. */
  call(method: "GET" | "POST" | "DELETE", path: string, request?: ClusterRequest): Promise<unknown>;
  /**
   * The lines of an endless answer (a watch, a followed log), without their ends. Ends when the server ends it, throws `ClusterError` when
   * the server refuses, the connection breaks or nothing comes for `idleMs`. Not tried again here: only the caller knows from where.
   */
  lines(path: string, query: Record<string, string>, options: { signal: AbortSignal; idleMs: number }): AsyncGenerator<string>;
  close(): void;
}

/** Within a call: until its answer is whole. */
const CALL_TIMEOUT_MS = 20_000;
const RETRY_FOR_MS = 30_000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** A line that is longer is cut here; the pod's program sends none. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** `Status` of apimachinery: what an error's body holds. */
const statusSchema = z.object({ message: z.string().default(""), reason: z.string().default("") });

/** Credentials are asked for at each call: tokens of service accounts are renewed on disk. `retryForMs`: of a call, see above. */
export function createClusterApi(config: KubeConfig, retryForMs = RETRY_FOR_MS): ClusterApi {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error("The kubeconfig names no cluster.");
  const base = new URL(cluster.server);
  const open = new Set<ClientRequest>();
  const closing = new AbortController();

  async function send(
    method: string,
    path: string,
    { query, body, signal }: ClusterRequest,
    timeoutMs = CALL_TIMEOUT_MS,
  ): Promise<IncomingMessage> {
    const options: RequestOptions = { method, headers: {} };
    await config.applyToHTTPSOptions(options);
    const url = new URL(base.pathname.replace(/\/$/, "") + path, base);
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers: OutgoingHttpHeaders = { ...(options.headers as OutgoingHttpHeaders), accept: "application/json" };
    if (text !== undefined) {
      headers["content-type"] = "application/json";
      // Without it Node.js sends the body of a DELETE unframed, and the server takes it for the next request.
      headers["content-length"] = Buffer.byteLength(text);
    }
    const start = url.protocol === "http:" ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const request = start(
        url,
        { ...options, headers, signal: AbortSignal.any([closing.signal, ...(signal === undefined ? [] : [signal])]) },
        resolve,
      );
      open.add(request);
      request.once("close", () => open.delete(request));
      let answered = false;
      request.once("response", () => {
        answered = true;
      });
      request.setTimeout(timeoutMs, () => answered || request.destroy(new Error(`no answer in ${timeoutMs / 1_000} s`)));
      request.on("error", (error) => reject(new ClusterError(0, "Unreachable", error.message)));
      request.end(text);
    });
  }

  async function once(
    method: string,
    path: string,
    request: ClusterRequest,
  ): Promise<{ answer: unknown } | { error: ClusterError; afterMs?: number }> {
    const signal = AbortSignal.any([AbortSignal.timeout(CALL_TIMEOUT_MS), ...(request.signal === undefined ? [] : [request.signal])]);
    try {
      const response = await send(method, path, { ...request, signal });
      const text = await readText(response);
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return { answer: text === "" ? {} : JSON.parse(text) };
      return { error: errorOf(status, text), afterMs: retryAfter(response) };
    } catch (error) {
      if (request.signal?.aborted === true) throw error;
      return { error: error instanceof ClusterError ? error : new ClusterError(0, "Unreachable", String(error)) };
    }
  }

  return {
    async call(method, path, request = {}) {
      const deadline = performance.now() + retryForMs;
      for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
        const result = await once(method, path, request);
        if ("answer" in result) return result.answer;
        const { error, afterMs } = result;
        const ms = Math.max(afterMs ?? 0, wait * (0.5 + Math.random() / 2));
        if (!mayPass(error) || performance.now() + ms > deadline) throw error;
        await pause(ms, undefined, { signal: request.signal });
      }
    },
    async *lines(path, query, { signal, idleMs }) {
      const response = await send("GET", path, { query, signal }, idleMs);
      const status = response.statusCode ?? 0;
      if (status !== 200) throw errorOf(status, await readText(response));
      yield* splitLines(response, idleMs);
    },
    close() {
      closing.abort();
      for (const request of open) request.destroy();
    },
  };
}

/** Worth the same request later: the API server is busy, restarting, or was not reached. 500 covers etcd's change of leader. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof ClusterError)) return false;
  const { status, reason } = error;
  return status === 0 || status === 429 || status >= 500 || reason === "TooManyRequests";
}

function errorOf(status: number, text: string): ClusterError {
  try {
    const { message, reason } = statusSchema.parse(JSON.parse(text));
    return new ClusterError(status, reason, message === "" ? `HTTP ${status}` : message);
  } catch {
    return new ClusterError(status, "", text.slice(0, 500) || `HTTP ${status}`);
  }
}

function retryAfter(response: IncomingMessage): number | undefined {
  const seconds = Number(response.headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** A half-open connection brings neither data nor an end: hence the limit on silence. */
async function* splitLines(response: IncomingMessage, idleMs: number): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  response.setTimeout(idleMs, () => response.destroy(new ClusterError(0, "Silent", `nothing came for ${idleMs / 1_000} s`)));
  try {
    for await (const chunk of response) {
      const pieces = (rest + decoder.write(chunk as Buffer)).split("\n");
      rest = (pieces.pop() ?? "").slice(0, LONGEST_LINE);
      yield* pieces;
    }
  } catch (error) {
    throw error instanceof ClusterError ? error : new ClusterError(0, "Broken", error instanceof Error ? error.message : String(error));
  } finally {
    response.destroy();
  }
  // A last line without an end was cut: it comes again, whole.
}
