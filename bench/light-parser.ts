import { EventEmitter } from "node:events";

/** socket.io's packet, as far as a follower of runs needs it. */
interface Packet {
  type: number;
  nsp: string;
  data?: unknown;
  id?: number;
}

/** Numbers of socket.io's protocol. */
const CONNECT_ERROR = 4;
const EVENT = 2;
const ACK = 3;

/**
 * socket.io's wire format for clients in great number: a batch is not parsed, only its size and its last `seq` are looked up, and handed on
 * as `{ bytes, last }`. Each real viewer parses on a machine of its own; a hundred in one process would be what is measured.
 */
export class Encoder {
  encode({ type, id, data }: Packet): string[] {
    return [`${type}${id ?? ""}${data === undefined ? "" : JSON.stringify(data)}`];
  }
}

/** See `Encoder`. */
export class Decoder extends EventEmitter {
  add(chunk: string): void {
    const type = Number(chunk[0]);
    const id = /^\d+/.exec(chunk.slice(1, 12))?.[0];
    const packet = { type, nsp: "/", id: id === undefined ? undefined : Number(id) };
    const body = chunk.slice(1 + (id?.length ?? 0), 1 + (id?.length ?? 0) + 20);
    if (type === EVENT && body.startsWith('["run:events"')) {
      this.emit("decoded", { ...packet, data: ["run:events", { bytes: chunk.length, last: lastSeq(chunk) }] });
      return;
    }
    const text = chunk.slice(1 + (id?.length ?? 0));
    const parsed: unknown = text === "" ? undefined : JSON.parse(text);
    if (type !== EVENT && type !== ACK && type !== 0 && type !== CONNECT_ERROR) return;
    this.emit("decoded", { ...packet, data: parsed });
  }

  destroy(): void {
    this.removeAllListeners();
  }
}

function lastSeq(chunk: string): number {
  const at = chunk.lastIndexOf('"seq":');
  return Number(/^\d+/.exec(chunk.slice(at + 6, at + 20))?.[0] ?? 0);
}
