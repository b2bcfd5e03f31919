import type { IncomingMessage, ServerResponse } from "node:http";
import { createGunzip, type Gunzip } from "node:zlib";
import { AppError, isAppError } from "../app-error";
import type { GitProtocol, GitStream } from "../git/git-store";
import { errorLine, readUploadPackRequest } from "../git/upload-pack-request";
import { createRunQueue } from "../runs/run-queue";
import type { Services } from "../services";
import { drained } from "./drained";
import { problemOf } from "./problem";

const ROUTE = /^\/git\/runs\/([a-z0-9]{12,24})(?:\.git)?(\/.*)?$/;

/** How much of the server fetches may take. */
export interface GitLimits {
  /** upload-packs at once. */
  running: number;
  /** More wait, at most so many and so long; the rest are told to come back. */
  waiting: number;
  waitMs: number;
  /** Of one request, unpacked. A negotiation has 50 bytes per commit that the client offers. */
  bodyBytes: number;
}

const LIMITS: GitLimits = { running: 4, waiting: 32, waitMs: 20_000, bodyBytes: 16 * 1024 * 1024 };

/** True for what only git clients ask for; their errors are plain text, since that is what git shows. */
export function isGitRequest(request: IncomingMessage): boolean {
  return pathOf(request).startsWith("/git/");
}

/** An error as git shows it: `remote: …`. */
export function sendGitError(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...headers });
  response.end(`${message}\n`);
}

/**
 * `/git/runs/{id}`: git's smart HTTP protocol (gitprotocol-http, versions 0 to 2), read only. Streams what `git upload-pack` says; a client that
 * goes away ends it, a slow one makes it wait.
 */
export function createGitFront(
  services: Pick<Services, "remote" | "log">,
  limits = LIMITS,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const queue = createRunQueue(limits.running);
  /** Bodies that are on their way: each takes memory. */
  let reading = 0;

  /** Runs one upload-pack when there is room. */
  async function inTurn(response: ServerResponse, work: () => Promise<void>): Promise<void> {
    if (queue.load().waiting >= limits.waiting) return sendBusy(response);
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    response.on("close", leave);
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(limits.waitMs)]);
    const release = await queue.enter("upload-pack", { signal, moved: () => undefined }).catch(() => undefined);
    try {
      if (release === undefined) return sendBusy(response);
      await work();
    } finally {
      response.off("close", leave);
      release?.();
    }
  }

  async function advertise(runId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const service = new URL(request.url ?? "/", "http://localhost").searchParams.get("service");
    await services.remote.check(runId);
    if (service === "git-receive-pack") {
      return sendGitError(response, 403, "This remote is read only: select a winner and land it, or push its branch elsewhere.");
    }
    if (service !== "git-upload-pack") return sendGitError(response, 403, "This remote speaks git's smart HTTP protocol only.");
    const protocol = protocolOf(request);
    await inTurn(response, async () => {
      const stream = await services.remote.advertise(runId, protocol);
      stream.stdin.end();
      const announcement = protocol === 2 ? "" : "001e# service=git-upload-pack\n0000";
      await send(stream, response, "application/x-git-upload-pack-advertisement", announcement);
    });
  }

  async function uploadPack(runId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers["content-type"] !== "application/x-git-upload-pack-request") {
      throw new AppError("unsupported_media_type", "Send application/x-git-upload-pack-request, as git does.");
    }
    if (reading >= limits.waiting) return sendBusy(response);
    reading += 1;
    const body = await readBody(request, limits.bodyBytes).finally(() => {
      reading -= 1;
    });
    const protocol = protocolOf(request);
    const asked = readUploadPackRequest(body, protocol);
    await inTurn(response, async () => {
      try {
        if (asked.refusal !== undefined) throw new AppError("bad_request", asked.refusal);
        const stream = await services.remote.serve(runId, protocol, asked.wants);
        stream.stdin.end(body);
        await send(stream, response, "application/x-git-upload-pack-result", "");
      } catch (error) {
        if (!isAppError(error) || response.headersSent) throw error;
        // Behind a status git would show the number only.
        response.writeHead(200, resultHeaders("application/x-git-upload-pack-result")).end(errorLine(error.message));
      }
    });
  }

  return async (request, response) => {
    const [, runId, rest = ""] = ROUTE.exec(pathOf(request)) ?? [];
    try {
      if (runId === undefined) return sendGitError(response, 404, "There is no such repository: a run's is at /git/runs/<run id>.");
      if (rest === "/info/refs" && request.method === "GET") return await advertise(runId, request, response);
      if (rest === "/git-upload-pack" && request.method === "POST") return await uploadPack(runId, request, response);
      if (rest === "/git-receive-pack") return sendGitError(response, 403, "This remote is read only.");
      if ((rest === "" || rest === "/") && request.method === "GET") {
        await services.remote.check(runId);
        return sendGitError(response, 200, "This is a git repository. Fetch from it: git fetch <this address> a");
      }
      return sendGitError(response, 404, "This remote speaks git's smart HTTP protocol only.");
    } catch (error) {
      // The client has gone: there is nobody to tell.
      if (response.destroyed) return;
      const answer = problemOf(error);
      if (answer.status >= 500 && answer.code === "internal") services.log.error({ err: error, url: request.url }, "a git request failed");
      if (response.headersSent) response.destroy();
      else sendGitError(response, answer.status, answer.detail, answer.code === "unavailable" ? { "retry-after": "5" } : {});
    }
  };

  async function send(stream: GitStream, response: ServerResponse, type: string, announcement: string): Promise<void> {
    response.on("close", stream.kill);
    if (response.destroyed) stream.kill();
    try {
      const begin = (): void => {
        if (response.headersSent) return;
        response.writeHead(200, resultHeaders(type));
        response.write(announcement);
      };
      for await (const chunk of stream.stdout as AsyncIterable<Buffer>) {
        // Not before the first byte: until then an error can still be said.
        begin();
        if (!response.write(chunk)) await drained(response);
        if (response.destroyed) return;
      }
      const { code, stderr } = await stream.ended;
      if (response.destroyed) return;
      if (code === null || (code !== 0 && !response.headersSent)) throw new Error(`upload-pack ended with ${code}: ${stderr}`);
      begin();
      response.end();
    } finally {
      response.off("close", stream.kill);
      stream.kill();
    }
  }
}

function sendBusy(response: ServerResponse): void {
  if (response.destroyed) return;
  sendGitError(response, 503, "Too many fetches at once: try again in a moment.", { "retry-after": "10" });
}

function resultHeaders(type: string): Record<string, string> {
  return { "content-type": type, "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" };
}

/** From the `Git-Protocol` header: keys and values between colons, of which only the version counts. */
function protocolOf(request: IncomingMessage): GitProtocol {
  const keys = String(request.headers["git-protocol"] ?? "").split(":");
  if (keys.includes("version=2")) return 2;
  return keys.includes("version=1") ? 1 : 0;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?")[0] ?? "/";
}

/** The whole body, unpacked: nothing is started before everything that is wanted is known. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (!["identity", "gzip", "x-gzip"].includes(encoding)) {
    throw new AppError("unsupported_media_type", `The encoding ${encoding.slice(0, 40)} is not known here: send gzip or nothing.`);
  }
  const source = encoding === "identity" ? request.iterator({ destroyOnReturn: false }) : gunzipped(request);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of source as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > limit) throw new AppError("payload_too_large", `A request may have ${limit} bytes at most.`);
      parts.push(part);
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error && String(error.code).startsWith("Z_"))) throw error;
    throw new AppError("bad_request", "The body is not what its content-encoding says.");
  }
  return Buffer.concat(parts);
}

/** Errors of the unpacking leave the request as it is, so that it can still be answered. */
function gunzipped(request: IncomingMessage): Gunzip {
  const unpacked = createGunzip();
  request.on("error", (error) => unpacked.destroy(error));
  return request.pipe(unpacked);
}
