import type { ServerResponse } from "node:http";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import type { JsonObject } from "./json";
import type { Place, Reply } from "./reply";

export interface StreamEvent {
  place: Place;
  name: string;
  data: JsonObject;
  /** The tokens that are known once this event has arrived. */
  outputTokens?: number;
}

/** Sizes of what is written at once, over and over: events and characters are cut wherever it happens. */
const PIECES = [1, 7, 3, 64, 5, 301, 2, 1_021];
const PING = `event: ping\ndata: {"type": "ping"}\n\n`;
const PING_EVERY_MS = 200;

/** Writes the events, or as many as the reply lets through. Resolves to how many were written whole. */
export async function streamReply(response: ServerResponse, events: readonly StreamEvent[], { cut, error, hang }: Reply): Promise<number> {
  const write = pieceWriter(response);
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  response.flushHeaders();
  if (cut?.place === "headers") return leave(response, 0);
  for (const [at, event] of events.entries()) {
    const text = `event: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`;
    const here = (place: string | undefined): boolean => place === event.place;
    if (here(cut?.place) && cut?.inside === true) {
      await write(text.slice(0, Math.floor(text.length / 2)));
      return leave(response, at);
    }
    await write(text);
    if (at === 0) await write(PING);
    if (here(cut?.place)) return leave(response, at + 1);
    if (here(error?.after)) {
      await write(`event: error\ndata: ${JSON.stringify({ type: "error", error: { type: error?.type, message: error?.message } })}\n\n`);
      response.end();
      return at + 1;
    }
    if (here(hang?.after)) {
      await keepPinging(response);
      return at + 1;
    }
  }
  response.end();
  return events.length;
}

async function keepPinging(response: ServerResponse): Promise<void> {
  while (!response.destroyed) {
    response.write(PING);
    await pause(PING_EVERY_MS);
  }
}

/** Ends the connection without the answer's end; what was written still arrives. */
async function leave(response: ServerResponse, written: number): Promise<number> {
  await turn();
  response.socket?.end();
  return written;
}

function pieceWriter(response: ServerResponse): (text: string) => Promise<void> {
  let piece = 0;
  return async (text) => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length && !response.destroyed; ) {
      // Long texts in longer pieces: what matters is that they are cut, not how often.
      const size = (PIECES[piece % PIECES.length] ?? 1) * (bytes.length > 20_000 ? 64 : 1);
      response.write(bytes.subarray(at, at + size));
      at += size;
      piece += 1;
      if (piece % 3 === 0) await turn();
    }
  };
}
