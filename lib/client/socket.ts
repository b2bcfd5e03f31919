import { io, type Socket } from "socket.io-client";
import type { ClientToServer, ServerToClient } from "@/lib/protocol/socket";

export type ClientSocket = Socket<ServerToClient, ClientToServer>;

let socket: ClientSocket | undefined;

/** The one connection of this page; made at the first call, in the browser only. */
export function getSocket(): ClientSocket {
  socket ??= openSocket();
  return socket;
}

/** A connection to `server`, such as `http://127.0.0.1:3000`; without it to the page's own. Only programs outside a browser can send headers. */
export function openSocket(server?: string, headers: Record<string, string> = {}): ClientSocket {
  const options = { transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 5_000, extraHeaders: headers };
  const made: ClientSocket = server === undefined ? io(options) : io(server, options);
  made.on("disconnect", (reason) => {
    // The only reason after which socket.io does not try again by itself.
    if (reason === "io server disconnect") setTimeout(() => made.connect(), 1_000);
  });
  if (server === undefined) made.on("connect_error", () => void leaveIfSignedOut());
  return made;
}

/** A page whose session has ended shows nothing more: loaded anew, it leads to the login page and from there back here. */
async function leaveIfSignedOut(): Promise<void> {
  const answer = await fetch("/api/v1/runs?limit=1").catch(() => undefined);
  if (answer?.status === 401) location.reload();
}
