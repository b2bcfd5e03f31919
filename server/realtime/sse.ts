import type { IncomingMessage, ServerResponse } from "node:http";
import { isTerminal } from "@/lib/run/state";
import { AppError } from "../app-error";
import { drained } from "../http/drained";
import type { Services } from "../services";
import { decodeEvents } from "../storage/encoded-events";
import { sseFrame } from "./sse-frames";

/** A comment this often keeps proxies from closing a quiet stream. */
const HEARTBEAT_MS = 15_000;
const ROUTE = /^\/api\/v1\/runs\/([a-z0-9]{12,24})\/stream$/;

/** The run that a request wants to stream, or undefined when it is for someone else. */
export function streamedRun(request: IncomingMessage): string | undefined {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  return ROUTE.exec(new URL(request.url ?? "/", "http://localhost").pathname)?.[1];
}

/**
 * `GET /runs/{id}/stream`: replay after `Last-Event-ID` or `?after=`, then live, until the run has ended. A stream that is opened again when
 * nothing is left answers 204, which tells an `EventSource` to stop. Honours back-pressure: a slow reader only reads later.
 */
export async function serveSse(services: Services, runId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const state = await services.runs.get(runId);
  const after = resumePoint(request);
  if (isTerminal(state.status) && after >= state.lastSeq) {
    response.writeHead(204).end();
    return;
  }
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    // `no-transform` and the proxy header keep whoever is in between from buffering or compressing.
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
    connection: "keep-alive",
  });
  response.flushHeaders();
  if (request.method === "HEAD") return void response.end();
  const closed = new AbortController();
  response.on("close", () => closed.abort());
  const heartbeat = setInterval(() => response.write(": keep-alive\n\n"), HEARTBEAT_MS);
  try {
    for await (const { events } of services.feed.follow(runId, after, { signal: closed.signal })) {
      const flowing = response.write(decodeEvents(events).map(sseFrame).join(""));
      if (!flowing) await drained(response);
      const current = await services.runs.get(runId);
      if (isTerminal(current.status) && events.last >= current.lastSeq) break;
    }
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

/** The header wins: it is what a reconnecting `EventSource` sends. */
function resumePoint(request: IncomingMessage): number {
  const query = new URL(request.url ?? "/", "http://localhost").searchParams.get("after");
  const given = request.headers["last-event-id"] ?? query ?? "0";
  if (typeof given === "string" && /^\d{1,15}$/.test(given)) return Number(given);
  throw new AppError("unprocessable", "The stream cannot resume there.", [
    { field: "after", message: "Give a seq: a whole number from 0." },
  ]);
}
