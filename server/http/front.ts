import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Metrics } from "../metrics/metrics";
import { serveSse, streamedRun } from "../realtime/sse";
import type { Services } from "../services";
import type { AccessToken } from "./access-token";
import { requestedBlob, serveBlob } from "./blob-front";
import { createGitFront, isGitRequest, sendGitError } from "./git-front";
import type { OriginCheck } from "./origin-check";
import { problem, problemOf } from "./problem";
import { routeOf } from "./route-of";
import { addSecurityHeaders } from "./security-headers";

/** What stands in front of Next: checks, streams, then everything else. */
export interface FrontOptions {
  services: Services;
  origin: OriginCheck;
  /** Absent in single-user mode on loopback. */
  access?: AccessToken;
  next: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Next.js' development server evaluates code. */
  development: boolean;
}

/** The server's request listener. Streams are served here because Next would buffer and compress them. */
export function createFront({ services, origin, access, next, development }: FrontOptions): RequestListener {
  const serveGit = createGitFront(services);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    addSecurityHeaders(request, response, development);
    const refusal = origin.refuse(request);
    if (refusal !== undefined) {
      return isGitRequest(request) ? sendGitError(response, 403, refusal) : sendProblem(response, problem("forbidden", refusal));
    }
    if (access !== undefined && !access.admits(request)) return access.challenge(request, response);
    if (request.method === "GET" && request.url === "/metrics") return sendMetrics(services.metrics, response);
    if (isGitRequest(request)) return serveGit(request, response);
    // `/api/…` is the same as `/api/v1/…`.
    if (request.url !== undefined) request.url = request.url.replace(/^\/api\/(?!v\d+(\/|$))/, "/api/v1/");
    const runId = streamedRun(request);
    if (runId !== undefined) return serveSse(services, runId, request, response);
    const blob = requestedBlob(request);
    if (blob !== undefined) return serveBlob(services.diffs, blob, request, response);
    return next(request, response);
  }

  return (request, response) => {
    const began = performance.now();
    const { method = "GET", url = "/" } = request;
    response.once("close", () => {
      services.metrics.request({ method, route: routeOf(url), status: response.statusCode, seconds: (performance.now() - began) / 1_000 });
    });
    handle(request, response).catch((error: unknown) => {
      const answer = problemOf(error);
      if (answer.status >= 500) services.log.error({ err: error, url: request.url }, "a request failed");
      if (response.headersSent) response.destroy();
      else sendProblem(response, answer);
    });
  };
}

async function sendMetrics(metrics: Metrics, response: ServerResponse): Promise<void> {
  const text = await metrics.render();
  response.writeHead(200, { "content-type": metrics.contentType, "cache-control": "no-store" }).end(text);
}

function sendProblem(response: ServerResponse, answer: ReturnType<typeof problem>): void {
  response.writeHead(answer.status, { "content-type": "application/problem+json", "cache-control": "no-store" });
  response.end(JSON.stringify(answer));
}
