import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { ADDRESS_HEADER } from "../access/client-address";
import type { Session, Sessions } from "../access/sessions";
import type { Metrics } from "../metrics/metrics";
import { serveSse, streamedRun } from "../realtime/sse";
import type { Services } from "../services";
import { challenge, isNavigation } from "./access-challenge";
import { requestedBlob, serveBlob } from "./blob-front";
import { createGitFront, isGitRequest, sendGitError } from "./git-front";
import type { OriginCheck } from "./origin-check";
import { problem, problemOf } from "./problem";
import { routeOf } from "./route-of";
import { addSecurityHeaders } from "./security-headers";

/** What is counted where the client left before it had an answer; nothing like it is ever sent. */
const GONE_BEFORE_ANSWER = 499;

/** What stands in front of Next: checks, streams, then everything else. */
export interface FrontOptions {
  services: Services;
  origin: OriginCheck;
  next: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Next.js' development server evaluates code. */
  development: boolean;
}

/** The server's request listener. Streams are served here because Next would buffer and compress them. */
export function createFront({ services, origin, next, development }: FrontOptions): RequestListener {
  const serveGit = createGitFront(services);
  const { access } = services;
  // `/api/…` is the same as `/api/v1/…`; signing in and out is no part of the API.
  const unversioned = access === undefined ? /^\/api\/(?!v\d+(\/|$))/ : /^\/api\/(?!v\d+(\/|$)|auth\/)/;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    addSecurityHeaders(request, response, development);
    const admission = await access?.admit(request);
    const refusal = origin.refuse(request, { anyHost: admission?.admitted === true && admission.by === "bearer" });
    if (refusal !== undefined) {
      return isGitRequest(request) ? sendGitError(response, 403, refusal) : sendProblem(response, problem("forbidden", refusal));
    }
    if (admission?.admitted === false) return challenge(request, response, admission);
    if (access !== undefined) request.headers[ADDRESS_HEADER] = access.addressOf(request);
    if (access !== undefined && admission?.by === "session") await keepSession(access.sessions, admission.session, request, response);
    if (request.method === "GET" && request.url === "/metrics") return sendMetrics(services.metrics, response);
    if (isGitRequest(request)) return serveGit(request, response);
    if (request.url !== undefined) request.url = request.url.replace(unversioned, "/api/v1/");
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
      const status = response.headersSent ? response.statusCode : GONE_BEFORE_ANSWER;
      services.metrics.request({ method, route: routeOf(url), status, seconds: (performance.now() - began) / 1_000 });
    });
    handle(request, response).catch((error: unknown) => {
      const answer = problemOf(error);
      if (answer.status >= 500) services.log.error({ err: error, url: request.url }, "a request failed");
      if (response.headersSent) response.destroy();
      else sendProblem(response, answer);
    });
  };
}

/** While people come back their session goes on; what is still being sent when it ends is cut off. */
async function keepSession(sessions: Sessions, session: Session, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const cutOff = (): void => {
    if (response.headersSent) response.destroy();
  };
  response.once("close", sessions.whenEnded(session, cutOff));
  const renewed = isNavigation(request) ? await sessions.renewal(request.headers.cookie) : undefined;
  if (renewed !== undefined) response.setHeader("set-cookie", renewed);
}

async function sendMetrics(metrics: Metrics, response: ServerResponse): Promise<void> {
  const text = await metrics.render();
  response.writeHead(200, { "content-type": metrics.contentType, "cache-control": "no-store" }).end(text);
}

function sendProblem(response: ServerResponse, answer: ReturnType<typeof problem>): void {
  response.writeHead(answer.status, { "content-type": "application/problem+json", "cache-control": "no-store" });
  response.end(JSON.stringify(answer));
}
