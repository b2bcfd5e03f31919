import type { Server } from "socket.io";
import { Encoder, type Packet, PacketType } from "socket.io-parser";
import type { EventBatch } from "@/lib/protocol/socket";
import type { EncodedEvents } from "../storage/encoded-events";

const TAIL = "]}]";

/** A batch that is JSON already. For whoever sends it, it is the batch; only this file looks inside. */
class EncodedBatch {
  constructor(
    readonly head: string,
    readonly events: EncodedEvents,
  ) {}
}

/** One packet on its way to one viewer: a beginning of its own, and what it shares with all viewers of this batch. */
class SharedMessage {
  constructor(
    private readonly begin: string,
    private readonly events: EncodedEvents,
  ) {}

  /** What engine.io sends where it cannot take a frame. */
  toString(): string {
    return this.begin + this.events.json + TAIL;
  }

  /** A whole WebSocket text frame in two pieces, the second one shared: neither encoded nor copied again. */
  frame(): [Buffer, Buffer] {
    // engine.io protocol 4: 4 is a message.
    const begin = Buffer.from(`4${this.begin}`);
    const rest = sharedBytes(this.events);
    return [Buffer.concat([frameHeader(begin.length + rest.length), begin]), rest];
  }
}

/** Lives as long as the events are in a tail or on their way. */
const bytesOf = new WeakMap<EncodedEvents, Buffer>();

function sharedBytes(events: EncodedEvents): Buffer {
  const known = bytesOf.get(events);
  if (known !== undefined) return known;
  const bytes = Buffer.from(events.json + TAIL);
  bytesOf.set(events, bytes);
  return bytes;
}

/** RFC 6455, 5.2: final text frame from a server, so without a mask. `length` in bytes. */
function frameHeader(length: number): Buffer {
  if (length < 126) return Buffer.from([0x81, length]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header[0] = 0x81;
  if (length < 65_536) {
    header[1] = 126;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = 127;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return header;
}

/** The batch of `events`, to be sent by a server that has `BatchEncoder`. `head`: highest `seq` committed. */
export function encodedBatch(runId: string, events: EncodedEvents, head: number): EventBatch {
  const batch: unknown = new EncodedBatch(`{"runId":${JSON.stringify(runId)},"head":${head},"events":[`, events);
  return batch as EventBatch;
}

/**
 * socket.io's encoder, but for batches that are text already: a hundred viewers of one run cost one encoding. What goes over the wire is
 * the same (socket.io protocol 5), so clients need nothing of this.
 */
export class BatchEncoder extends Encoder {
  override encode(packet: Packet): string[] {
    const data: unknown[] = Array.isArray(packet.data) ? packet.data : [];
    const [name, batch] = data;
    if (packet.type !== PacketType.EVENT || !(batch instanceof EncodedBatch)) return super.encode(packet) as string[];
    const namespace = packet.nsp === "/" ? "" : `${packet.nsp},`;
    const message: unknown = new SharedMessage(
      `${packet.type}${namespace}${packet.id ?? ""}[${JSON.stringify(name)},${batch.head}`,
      batch.events,
    );
    return [message as string];
  }
}

/**
 * Lets every connection send shared messages as finished frames. That is an option by which socket.io's own broadcasts do it
 * (`wsPreEncodedFrame`) but which it does not document; without it the same text goes out, at a higher price.
 */
export function shareFrames(io: Server): void {
  io.engine.on("connection", (connection: Connection) => {
    const write = connection.write.bind(connection);
    connection.write = (data, options, sent) =>
      write(data, data instanceof SharedMessage ? { ...options, wsPreEncodedFrame: data.frame() } : options, sent);
  });
}

interface Connection {
  write(data: unknown, options?: object, sent?: () => void): unknown;
}
