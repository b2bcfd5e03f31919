import { setTimeout as wait } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";
import { connectRun } from "@/lib/client/run-connection";
import { createRunStore } from "@/lib/client/run-store";
import type { ClientToServer, ServerToClient } from "@/lib/protocol/socket";
import type { RunEvent } from "@/lib/run/events";
import { emptyRun } from "@/lib/run/state";
import type { Testimony } from "./check-witness";

/** A client that follows one run through every fault and keeps what it got, in the order in which it came. */
export interface Witness {
  name: string;
  /** How many events it has. */
  count(): number;
  testimony(): Testimony;
  close(): void;
}

export interface SocketWitness extends Witness {
  events(): readonly RunEvent[];
  /** Resolves to the first event that `holds`, also one that came before; an error after `timeoutMs`. */
  until(holds: (event: RunEvent) => boolean, timeoutMs: number): Promise<RunEvent>;
  /** How often the server ended the subscription and said where to go on. */
  closings(): readonly { resumeAfter: number; reason: string }[];
  socket: Socket<ServerToClient, ClientToServer>;
}

/** Follows as the page does: its connection, its store, socket.io. */
export function socketWitness(url: string, runId: string, headers: Record<string, string>, name: string): SocketWitness {
  const socket: Socket<ServerToClient, ClientToServer> = io(url, {
    transports: ["websocket"],
    forceNew: true,
    extraHeaders: headers,
    reconnectionDelay: 100,
    reconnectionDelayMax: 1_000,
  });
  const events: RunEvent[] = [];
  const closings: { resumeAfter: number; reason: string }[] = [];
  const waiting = new Set<() => void>();
  let closed = false;
  socket.on("disconnect", (reason) => {
    // The only reason after which socket.io does not try again by itself.
    if (reason === "io server disconnect" && !closed) setTimeout(() => closed || socket.connect(), 100);
  });
  socket.on("run:closed", (notice) => closings.push(notice));
  socket.on("run:events", (batch) => {
    if (batch.runId !== runId) return;
    events.push(...batch.events);
    for (const look of waiting) look();
  });
  const store = createRunStore({ initial: emptyRun(runId), schedule: (flush) => flush() });
  const stop = connectRun({ runId, store, socket, onStatus: () => undefined });

  return {
    name,
    socket,
    count: () => events.length,
    events: () => events,
    closings: () => closings,
    testimony: () => ({ kind: "socket", name, events, state: store.getState() }),
    until(holds, timeoutMs) {
      return new Promise((resolve, reject) => {
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        const timer = setTimeout(() => {
          finish();
          reject(new Error(`${name}: what was waited for did not come within ${timeoutMs / 1_000} s, after ${events.length} events`));
        }, timeoutMs);
        let seen = 0;
        const look = (): void => {
          for (; seen < events.length; seen += 1) {
            const event = events[seen];
            if (event === undefined || !holds(event)) continue;
            finish();
            return resolve(event);
          }
        };
        waiting.add(look);
        look();
      });
    },
    close() {
      closed = true;
      stop();
      socket.disconnect();
    },
  };
}

/** Reads the SSE stream, and opens it again behind the last whole frame whenever it ends, as an `EventSource` does. */
export function sseWitness(url: string, runId: string, headers: Record<string, string>, name: string): Witness {
  const frames: { seq: number; text: string }[] = [];
  const closed = new AbortController();

  async function read(): Promise<void> {
    const last = frames.at(-1)?.seq;
    const resume: Record<string, string> = last === undefined ? {} : { "last-event-id": String(last) };
    const response = await fetch(`${url}/api/v1/runs/${runId}/stream`, { headers: { ...headers, ...resume }, signal: closed.signal });
    if (response.status !== 200 || response.body === null) return;
    let rest = "";
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const pieces = (rest + text).split("\n\n");
      rest = pieces.pop() ?? "";
      for (const piece of pieces) {
        const id = /^id: (\d+)$/m.exec(piece)?.[1];
        // The rest are comments that keep the stream open.
        if (id !== undefined) frames.push({ seq: Number(id), text: `${piece}\n\n` });
      }
    }
  }

  void (async () => {
    while (!closed.signal.aborted) {
      await read().catch(() => undefined);
      // 204 says that there is nothing more; another attempt may still reopen the run.
      await wait(100, undefined, { signal: closed.signal }).catch(() => undefined);
    }
  })();

  return {
    name,
    count: () => frames.length,
    testimony: () => ({ kind: "sse", name, frames }),
    close: () => closed.abort(),
  };
}
