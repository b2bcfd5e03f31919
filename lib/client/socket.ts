import { io, type Socket } from "socket.io-client";
import type { ClientToServer, ServerToClient } from "@/lib/protocol/socket";

export type ClientSocket = Socket<ServerToClient, ClientToServer>;

let socket: ClientSocket | undefined;

/** The one connection of this page; made at the first call, in the browser only. */
export function getSocket(): ClientSocket {
  socket ??= open();
  return socket;
}

function open(): ClientSocket {
  const made: ClientSocket = io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 5_000 });
  made.on("disconnect", (reason) => {
    // The only reason after which socket.io does not try again by itself.
    if (reason === "io server disconnect") setTimeout(() => made.connect(), 1_000);
  });
  return made;
}
