import { io } from "socket.io-client";
import type { EventBatch } from "@/lib/protocol/socket";
import * as parser from "./light-parser";

/** What the measurement asks of its process full of viewers, and what that answers. */
export interface FanOutOrder {
  url: string;
  runId: string;
  /** Viewers. */
  count: number;
  /** The event that ends it. */
  last: number;
  /** True: subscribe and acknowledge as the product's page does. False: only listen. */
  subscribe: boolean;
}
export type FanOutWord = { type: "ready" } | { type: "done"; bytes: number; processorMs: number };

/** The program: follows orders one after the other; every viewer must see the last event. */
process.on("message", ({ url, runId, count, last, subscribe }: FanOutOrder) => {
  let bytes = 0;
  let connected = 0;
  let finished = 0;
  const before = process.cpuUsage();
  const say = (word: FanOutWord): void => void process.send?.(word);
  const sockets = Array.from({ length: count }, () => io(url, { transports: ["websocket"], forceNew: true, parser }));
  const ready = (): void => {
    connected += 1;
    if (connected === count) say({ type: "ready" });
  };
  for (const socket of sockets) {
    socket.once("connect", () => {
      if (subscribe) socket.emit("run:subscribe", { runId, after: 0 }, ready);
      else ready();
    });
    socket.on("run:events", (batch: EventBatch | { bytes: number; last: number }, acknowledge?: () => void) => {
      if (!("bytes" in batch)) throw new Error("the light parser is not in use");
      bytes += batch.bytes;
      acknowledge?.();
      if (batch.last !== last) return;
      finished += 1;
      if (finished < count) return;
      const { user, system } = process.cpuUsage(before);
      say({ type: "done", bytes, processorMs: (user + system) / 1_000 });
      for (const one of sockets) one.close();
    });
  }
});
