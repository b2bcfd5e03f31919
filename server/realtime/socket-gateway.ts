import type { Logger } from "pino";
import type { Socket } from "socket.io";
import {
  ACK_TIMEOUT_MS,
  type ClientToServer,
  MAX_UNACKED_BATCHES,
  MAX_UNACKED_BYTES,
  type ServerToClient,
  subscribeSchema,
  unsubscribeSchema,
} from "@/lib/protocol/socket";
import type { RunFeed } from "../runs/run-feed";
import { encodedBatch } from "./batch-encoder";
import type { SocketServer } from "./socket-server";

/** Runs that one connection may follow at once. */
const MAX_SUBSCRIPTIONS = 20;
/** Events per batch: small enough to paint between two. */
const BATCH_EVENTS = 500;

/**
 * A viewer that has not confirmed the last batch gets the next one so much later, with all that has come by then: under load batches grow
 * instead of piling up. Who confirms at once waits for nothing.
 */
const PACE_MS = 16;

type RunSocket = Socket<ClientToServer, ServerToClient>;

/** Live delivery over socket.io: no business rules, only credit. A reader that stays behind is closed and told where to go on. */
export function serveSockets(io: SocketServer, feed: RunFeed, greeting: { bootId: string; version: string }, log: Logger): void {
  io.on("connection", (socket) => {
    const subscriptions = new Map<string, AbortController>();
    socket.emit("hello", greeting);
    socket.on("run:subscribe", (request: unknown, reply: unknown) => {
      void subscribe(socket, feed, subscriptions, request, reply).catch((error: unknown) =>
        log.error({ err: error }, "a subscription failed"),
      );
    });
    socket.on("run:unsubscribe", (request: unknown) => {
      const parsed = unsubscribeSchema.safeParse(request);
      if (parsed.success) subscriptions.get(parsed.data.runId)?.abort();
    });
    socket.on("disconnect", () => {
      for (const controller of subscriptions.values()) controller.abort();
    });
  });
}

async function subscribe(
  socket: RunSocket,
  feed: RunFeed,
  subscriptions: Map<string, AbortController>,
  request: unknown,
  reply: unknown,
): Promise<void> {
  if (typeof reply !== "function") return;
  const parsed = subscribeSchema.safeParse(request);
  if (!parsed.success) return void reply({ ok: false, error: "Give {runId, after}." });
  const { runId, after } = parsed.data;
  subscriptions.get(runId)?.abort();
  if (subscriptions.size >= MAX_SUBSCRIPTIONS)
    return void reply({ ok: false, error: "This connection follows too many runs: unsubscribe from one." });
  const controller = new AbortController();
  subscriptions.set(runId, controller);
  try {
    const head = await feed.head(runId);
    if (head === undefined) return void reply({ ok: false, error: `There is no run ${runId}.` });
    reply({ ok: true, head });
    await deliver(socket, feed, runId, after, controller);
  } finally {
    controller.abort();
    if (subscriptions.get(runId) === controller) subscriptions.delete(runId);
  }
}

/** Sends while there is credit: at most `MAX_UNACKED_BATCHES` batches and `MAX_UNACKED_BYTES` stand unacknowledged. */
async function deliver(socket: RunSocket, feed: RunFeed, runId: string, after: number, controller: AbortController): Promise<void> {
  let acknowledged = after;
  let slow = false;
  const unacked = new Set<{ size: number; done: Promise<void> }>();
  const outstanding = (): number => [...unacked].reduce((sum, { size }) => sum + size, 0);
  try {
    for await (const { events, head } of feed.follow(runId, after, { signal: controller.signal, limit: BATCH_EVENTS })) {
      const entry = { size: events.json.length, done: Promise.resolve() };
      entry.done = socket
        .timeout(ACK_TIMEOUT_MS)
        .emitWithAck("run:events", encodedBatch(runId, events, head))
        .then(
          () => {
            acknowledged = Math.max(acknowledged, events.last);
          },
          () => {
            slow = true;
            controller.abort();
          },
        )
        .finally(() => unacked.delete(entry));
      unacked.add(entry);
      await soonOr(entry.done, PACE_MS);
      while (unacked.size >= MAX_UNACKED_BATCHES || outstanding() >= MAX_UNACKED_BYTES) {
        await Promise.race([...unacked].map(({ done }) => done));
      }
    }
  } catch (error) {
    socket.emit("run:closed", { runId, resumeAfter: acknowledged, reason: "error" });
    throw error;
  }
  if (slow) socket.emit("run:closed", { runId, resumeAfter: acknowledged, reason: "slow" });
}

/** Resolves with `done`, at the latest after `limitMs`. */
async function soonOr(done: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([done, new Promise((resolve) => (timer = setTimeout(resolve, limitMs)))]);
  clearTimeout(timer);
}
