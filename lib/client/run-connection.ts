import type { EventBatch, ServerToClient } from "@/lib/protocol/socket";
import type { RunStore } from "./run-store";
import type { ClientSocket } from "./socket";

export type ConnectionStatus = "connecting" | "live" | "offline";

/** What is needed of socket.io's socket. */
export type RunSocket = Pick<ClientSocket, "connected" | "on" | "off" | "emit">;

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

/**
 * Follows a run into its store. First load, reload, reconnect, late join, a gap and a closed subscription are one path: subscribe after the
 * highest `seq` that was folded. Returns the way to stop.
 */
export function connectRun({
  runId,
  store,
  socket,
  onStatus,
}: {
  runId: string;
  store: RunStore;
  socket: RunSocket;
  onStatus: (status: ConnectionStatus) => void;
}): () => void {
  let status: ConnectionStatus | undefined;
  /** Set while a subscription is asked for; an answer to an older request means nothing. */
  let asking = 0;
  let requests = 0;
  let failures = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function tell(next: ConnectionStatus): void {
    if (next === status) return;
    status = next;
    onStatus(next);
  }

  function subscribe(): void {
    clearTimeout(retry);
    // Emitted while offline it would be kept and sent later, with a `seq` from the past.
    if (!socket.connected) return;
    const request = ++requests;
    asking = request;
    if (status !== "live") tell("connecting");
    socket.emit("run:subscribe", { runId, after: store.lastSeq() }, (answer) => {
      if (asking !== request) return;
      asking = 0;
      if (answer.ok) return tell("live");
      tell("offline");
      retryLater();
    });
  }

  function retryLater(): void {
    clearTimeout(retry);
    retry = setTimeout(subscribe, Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures));
    failures += 1;
  }

  const onEvents: ServerToClient["run:events"] = (batch: EventBatch, ack) => {
    if (batch.runId !== runId) return;
    const { gap } = store.apply(batch.events);
    ack();
    if (!gap) failures = 0;
    // What is still on its way from before has a hole too: one new request is enough.
    else if (asking === 0) subscribe();
  };
  const onClosed: ServerToClient["run:closed"] = (notice) => {
    if (notice.runId !== runId) return;
    // `resumeAfter` is what the server knows to be acknowledged; what was folded is at least that.
    if (notice.reason === "slow") return subscribe();
    tell("connecting");
    retryLater();
  };
  const onDisconnect = (): void => {
    asking = 0;
    clearTimeout(retry);
    tell("offline");
  };
  const onConnectError = (): void => tell("offline");

  socket.on("connect", subscribe);
  socket.on("disconnect", onDisconnect);
  socket.on("connect_error", onConnectError);
  socket.on("run:events", onEvents);
  socket.on("run:closed", onClosed);
  tell("connecting");
  subscribe();

  return () => {
    asking = 0;
    clearTimeout(retry);
    socket.off("connect", subscribe);
    socket.off("disconnect", onDisconnect);
    socket.off("connect_error", onConnectError);
    socket.off("run:events", onEvents);
    socket.off("run:closed", onClosed);
    if (socket.connected) socket.emit("run:unsubscribe", { runId });
  };
}
