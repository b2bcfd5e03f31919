import { z } from "zod";
import type { RunEvent } from "../run/events";
import { runIdSchema } from "./http";

/**
 * The wire of socket.io. Delivery is credit-based: every `run:events` batch is acknowledged, and at most `MAX_UNACKED_BATCHES` batches or
 * `MAX_UNACKED_BYTES` stand unacknowledged; a client that stays behind is closed with the `seq` to resume after.
 */
export const MAX_UNACKED_BATCHES = 4;
export const MAX_UNACKED_BYTES = 1_048_576;
/** How long the server waits for an acknowledgement before it closes the subscription. */
export const ACK_TIMEOUT_MS = 30_000;

export const subscribeSchema = z.strictObject({ runId: runIdSchema, after: z.int().min(0) });
export const unsubscribeSchema = z.strictObject({ runId: runIdSchema });

export interface EventBatch {
  runId: string;
  events: RunEvent[];
  /** High-water mark of the log when the batch was cut: the client knows how far behind it is. */
  head: number;
}

export type SubscribeReply = { ok: true; head: number } | { ok: false; error: string };

export interface ClientToServer {
  "run:subscribe": (request: { runId: string; after: number }, reply: (answer: SubscribeReply) => void) => void;
  "run:unsubscribe": (request: { runId: string }) => void;
}

export interface ServerToClient {
  "run:events": (batch: EventBatch, ack: () => void) => void;
  /** The server ended this subscription; subscribe again after `resumeAfter`. */
  "run:closed": (notice: { runId: string; resumeAfter: number; reason: "slow" | "error" }) => void;
  /** First message of every connection. `bootId` changes when the server restarts. */
  hello: (greeting: { bootId: string; version: string }) => void;
}
