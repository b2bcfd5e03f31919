import type { Server as HttpServer, IncomingMessage } from "node:http";
import { Server } from "socket.io";
import { Decoder } from "socket.io-parser";
import type { ClientToServer, ServerToClient } from "@/lib/protocol/socket";
import { BatchEncoder, shareFrames } from "./batch-encoder";

/** A frame from a browser is a subscription or an acknowledgement: small. */
const MAX_FRAME_BYTES = 64 * 1024;

export type SocketServer = Server<ClientToServer, ServerToClient>;

/** Decides on every connection. */
export interface SocketCheck {
  admits(request: IncomingMessage): Promise<boolean>;
  /** Calls `close` when what a connection was admitted for holds no more; returns the way to stop that. */
  whenEnded(request: IncomingMessage, close: () => void): () => void;
}

/** socket.io beside whatever else `http` serves. Without a check everybody is let in. */
export function createSocketServer(http: HttpServer, check?: SocketCheck): SocketServer {
  const io: SocketServer = new Server(http, {
    transports: ["websocket"],
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: MAX_FRAME_BYTES,
    parser: { Encoder: BatchEncoder, Decoder },
    allowRequest: (request, decide) => {
      if (check === undefined) return decide(null, true);
      check.admits(request).then(
        (admitted) => decide(null, admitted),
        () => decide(null, false),
      );
    },
  });
  if (check !== undefined) {
    io.on("connection", (socket) => {
      socket.once(
        "disconnect",
        check.whenEnded(socket.request, () => socket.disconnect(true)),
      );
    });
  }
  shareFrames(io);
  return io;
}
