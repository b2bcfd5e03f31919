import type { Server as HttpServer, IncomingMessage } from "node:http";
import { Server } from "socket.io";
import { Decoder } from "socket.io-parser";
import type { ClientToServer, ServerToClient } from "@/lib/protocol/socket";
import { BatchEncoder, shareFrames } from "./batch-encoder";

/** A frame from a browser is a subscription or an acknowledgement: small. */
const MAX_FRAME_BYTES = 64 * 1024;

export type SocketServer = Server<ClientToServer, ServerToClient>;

/** socket.io beside whatever else `http` serves. `admits` decides on every connection. */
export function createSocketServer(http: HttpServer, admits: (request: IncomingMessage) => boolean = () => true): SocketServer {
  const io: SocketServer = new Server(http, {
    transports: ["websocket"],
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: MAX_FRAME_BYTES,
    parser: { Encoder: BatchEncoder, Decoder },
    allowRequest: (request, decide) => decide(null, admits(request)),
  });
  shareFrames(io);
  return io;
}
