import { io } from "socket.io-client";
import { connectRun } from "@/lib/client/run-connection";
import { createRunStore, type RunStore } from "@/lib/client/run-store";
import type { ClientSocket } from "@/lib/client/socket";
import { emptyRun } from "@/lib/run/state";

/** `runId` given: follow that run as the product's page does. Absent: take bare `line` messages. */
export type LatencyOrder = { type: "follow"; url: string; runId?: string } | { type: "report" };
/** `latencies` in ms, one per line. */
export type LatencyWord = { type: "ready" } | { type: "report"; latencies: number[] };

/** A line's text carries the monotonic clock of this machine, which all its processes share, once per delta that was merged into it. */
function latenciesOf(text: string): number[] {
  const now = process.hrtime.bigint();
  return text
    .trim()
    .split(" ")
    .map((stamp) => Number(now - BigInt(stamp)) / 1e6);
}

let latencies: number[] = [];
let close = (): void => undefined;
const say = (word: LatencyWord): void => void process.send?.(word);

process.on("message", (order: LatencyOrder) => {
  if (order.type === "follow") {
    latencies = [];
    close = order.runId === undefined ? listen(order.url) : follow(order.url, order.runId);
    return;
  }
  close();
  say({ type: "report", latencies });
});

function follow(url: string, runId: string): () => void {
  const socket: ClientSocket = io(url, { transports: ["websocket"], forceNew: true });
  // A frame of the screen is no part of the way: readers are told at once.
  const store = createRunStore({ initial: emptyRun(runId), schedule: (flush) => flush() });
  const timed: RunStore = {
    ...store,
    apply(events) {
      const result = store.apply(events);
      for (const { event } of events) if (event.type === "text.delta") latencies.push(...latenciesOf(event.text));
      return result;
    },
  };
  const stop = connectRun({ runId, store: timed, socket, onStatus: (status) => status === "live" && say({ type: "ready" }) });
  return () => {
    stop();
    socket.close();
  };
}

function listen(url: string): () => void {
  const socket = io(url, { transports: ["websocket"], forceNew: true });
  socket.once("connect", () => say({ type: "ready" }));
  socket.on("line", (line: string) => latencies.push(...latenciesOf((JSON.parse(line) as { text: string }).text)));
  return () => void socket.close();
}
