import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { Server } from "socket.io";
import type { NewRunEvent, RunEvent } from "@/lib/run/events";
import { serveSockets } from "@/server/realtime/socket-gateway";
import { createSocketServer, type SocketServer } from "@/server/realtime/socket-server";
import { createRunFeed } from "@/server/runs/run-feed";
import type { CommitListener, RunWriter } from "@/server/runs/run-writer";
import { encodeEvents } from "@/server/storage/encoded-events";
import type { FanOutOrder, FanOutWord } from "./fan-out-clients";
import { type BenchOptions, compare, type Measurement, median } from "./measurement";
import { repeatEvents } from "./repeat-events";

const VIEWERS = 100;
const EVENTS = 3_000;
const QUICK_EVENTS = 600;
const ROUNDS = 9;
const QUICK_ROUNDS = 2;
/** Batches as they are while a run is live, and as they are when one is replayed. */
const SIZES = [10, 500];
const RUN_ID = "benchfanout00";

/** What one round delivered, to all viewers together. */
interface Delivered {
  /** Of the events' JSON. */
  bytesPerSecond: number;
  /** ms of this process' processor time. */
  serverMs: number;
  clientMs: number;
}

/** A hundred viewers of one run through feed and gateway, against a room of a hundred to which socket.io emits the same batches. */
export async function measureFanOut({ quick, progress }: BenchOptions): Promise<Measurement[]> {
  const viewers = fork(fileURLToPath(new URL("fan-out-clients.ts", import.meta.url)));
  try {
    const measurements: Measurement[] = [];
    for (const size of SIZES) {
      const batches = cut(placed(quick ? QUICK_EVENTS : EVENTS), size);
      const product: Delivered[] = [];
      const bare: Delivered[] = [];
      for (let round = -1; round < (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
        const both = [await throughGateway(viewers, batches), await bareRoom(viewers, batches)] as const;
        if (round < 0) continue; // Code that is not compiled yet.
        product.push(both[0]);
        bare.push(both[1]);
      }
      measurements.push(verdict(size, product, bare));
      progress(`batches of ${size} done`);
    }
    return measurements;
  } finally {
    viewers.kill();
  }
}

function verdict(size: number, product: Delivered[], bare: Delivered[]): Measurement {
  const rates = (rounds: Delivered[]): number[] => rounds.map(({ bytesPerSecond }) => bytesPerSecond / 1e6);
  const used = (rounds: Delivered[]): string => {
    return `${median(rounds.map(({ serverMs }) => serverMs)).toFixed(0)} ms (viewers ${median(rounds.map(({ clientMs }) => clientMs)).toFixed(0)} ms)`;
  };
  const measured = compare({
    name: `fan-out-${size}`,
    unit: "MB/s",
    subject: rates(product),
    reference: rates(bare),
    target: "≥ 80 % of a bare emit",
    note: `${VIEWERS} viewers, batches of ${size}; processor time of the server ${used(product)}, bare ${used(bare)}`,
  });
  return { ...measured, pass: measured.ratio.median >= 0.8 };
}

async function throughGateway(viewers: ChildProcess, batches: RunEvent[][]): Promise<Delivered> {
  const source = memorySource();
  return await deliver(viewers, batches, true, (io) => {
    serveSockets(io, createRunFeed(source.log, source.writer), { bootId: "bench", version: "0" }, pino({ level: "silent" }));
    return (events) => source.commit(events);
  });
}

async function bareRoom(viewers: ChildProcess, batches: RunEvent[][]): Promise<Delivered> {
  return await deliver(viewers, batches, false, (io) => {
    io.on("connection", (socket) => void socket.join("room"));
    const room: { emit(name: string, batch: unknown): void } = io.to("room") as never;
    return (events) => room.emit("run:events", { runId: RUN_ID, events, head: events.at(-1)?.seq ?? 0 });
  });
}

async function deliver(
  viewers: ChildProcess,
  batches: RunEvent[][],
  subscribe: boolean,
  serve: (io: SocketServer) => (events: RunEvent[]) => void,
): Promise<Delivered> {
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  const io: SocketServer = subscribe ? createSocketServer(http) : new Server(http, { transports: ["websocket"] });
  const send = serve(io);
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const order: FanOutOrder = { url, runId: RUN_ID, count: VIEWERS, last: batches.at(-1)?.at(-1)?.seq ?? 0, subscribe };
  const ready = word(viewers, "ready");
  const done = word(viewers, "done");
  viewers.send(order);
  await ready;
  const before = process.cpuUsage();
  const start = performance.now();
  for (const events of batches) {
    send(events);
    // As fast as it goes, but with room for what comes in between.
    await turn();
  }
  const { processorMs } = await done;
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(before);
  await io.close();
  const bytes = VIEWERS * batches.reduce((sum, events) => sum + JSON.stringify(events).length, 0);
  return { bytesPerSecond: bytes / seconds, serverMs: (user + system) / 1_000, clientMs: processorMs };
}

async function word<T extends FanOutWord["type"]>(viewers: ChildProcess, type: T): Promise<Extract<FanOutWord, { type: T }>> {
  for (;;) {
    const [said] = (await once(viewers, "message")) as [FanOutWord];
    if (said.type === type) return said as Extract<FanOutWord, { type: T }>;
  }
}

/** Log and writer that only remember: what a database costs is another measurement. */
function memorySource() {
  const events: RunEvent[] = [];
  const listeners = new Set<CommitListener>();
  const unused = (): never => {
    throw new Error("the feed does not need this");
  };
  return {
    log: {
      create: unused,
      append: unused,
      read: async (_runId: string, after: number, limit: number) => events.slice(after, after + limit),
      readEncoded: async (_runId: string, after: number, limit: number) =>
        after >= events.length ? undefined : encodeEvents(events.slice(after, after + limit)),
      lastSeq: async () => events.length,
    },
    writer: {
      create: unused,
      state: unused,
      command: unused,
      record: unused,
      onCommit(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    } satisfies RunWriter,
    commit(batch: RunEvent[]): void {
      events.push(...batch);
      for (const listener of listeners) listener(RUN_ID, batch);
    },
  };
}

function placed(count: number): RunEvent[] {
  return repeatEvents(count)
    .flat()
    .map((event: NewRunEvent, index) => ({ runId: RUN_ID, seq: index + 1, ...event }));
}

function cut(events: RunEvent[], size: number): RunEvent[][] {
  return Array.from({ length: Math.ceil(events.length / size) }, (_, index) => events.slice(index * size, (index + 1) * size));
}
