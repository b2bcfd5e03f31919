import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import { io as connect, type Socket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ClientToServer, type EventBatch, MAX_UNACKED_BATCHES, type ServerToClient, type SubscribeReply } from "@/lib/protocol/socket";
import type { NewRunEvent, RunEvent } from "@/lib/run/events";
import { createRunFeed } from "../runs/run-feed";
import { createRunWriter, type RunWriter } from "../runs/run-writer";
import { encodeEvents } from "../storage/encoded-events";
import type { EventLog } from "../storage/event-log";
import { serveSockets } from "./socket-gateway";
import { createSocketServer, type SocketServer } from "./socket-server";

const runId = "socketrun00001";
const text = (word: string): NewRunEvent => ({ at: 1, variation: 0, attempt: 0, event: { type: "text.delta", block: "t1.0", text: word } });

/** The log is proven elsewhere; here it only has to remember. */
function memoryLog(): EventLog {
  const runs = new Map<string, RunEvent[]>();
  const read = async (id: string, after: number, limit: number) => (runs.get(id) ?? []).slice(after, after + limit);
  return {
    async create(run) {
      const events = run.events.map((event, index) => ({ runId: run.runId, seq: index + 1, ...event }));
      runs.set(run.runId, events);
      return events;
    },
    async append(id, { events, ifSeq }) {
      const log = runs.get(id);
      if (log === undefined || log.length !== ifSeq) return { ok: false, reason: "stale_seq" };
      const placed = events.map((event, index) => ({ runId: id, seq: ifSeq + 1 + index, ...event }));
      log.push(...placed);
      return { ok: true, events: placed };
    },
    read,
    async readEncoded(id, after, limit) {
      const events = await read(id, after, limit);
      return events.length === 0 ? undefined : encodeEvents(events);
    },
    lastSeq: async (id) => runs.get(id)?.length,
  };
}

let http: HttpServer;
let server: SocketServer;
let writer: RunWriter;
let client: Socket<ServerToClient, ClientToServer>;

beforeEach(async () => {
  const log = memoryLog();
  writer = createRunWriter(log, () => 1);
  const created = {
    type: "run.created" as const,
    prompt: "p",
    projectId: "p",
    repositoryUrl: "u",
    repositoryName: "n",
    variations: [{ agent: "builtin", model: "demo" }],
  };
  await writer.create({ runId, projectId: "p", createdAt: 1, events: [{ at: 1, event: created }] });
  http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  server = createSocketServer(http);
  serveSockets(server, createRunFeed(log, writer), { bootId: "boot", version: "0" }, pino({ level: "silent" }));
  client = connect(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ["websocket"] });
});

afterEach(async () => {
  client.close();
  await server.close();
});

const subscribe = (after: number): Promise<SubscribeReply> => client.emitWithAck("run:subscribe", { runId, after });

describe("delivery over a socket", () => {
  it("replays, then goes on live, each event once and in order", async () => {
    const seen: number[] = [];
    const done = new Promise<void>((resolve) => {
      client.on("run:events", (batch, ack) => {
        seen.push(...batch.events.map(({ seq }) => seq));
        ack();
        if (seen.length === 1_801) resolve();
      });
    });
    await writer.record(
      runId,
      Array.from({ length: 1_500 }, () => text("history")),
    );
    expect(await subscribe(0)).toEqual({ ok: true, head: 1_501 });
    for (let index = 0; index < 300; index += 1) await writer.record(runId, [text("live")]);
    await done;
    expect(seen).toEqual(Array.from({ length: 1_801 }, (_, index) => index + 1));
  });

  it("stops sending when nothing is acknowledged, and goes on where it stopped when it is", async () => {
    await writer.record(
      runId,
      Array.from({ length: 5_000 }, () => text("x")),
    );
    const held: (() => void)[] = [];
    const batches: EventBatch[] = [];
    let release = false;
    const all = new Promise<void>((resolve) => {
      client.on("run:events", (batch, ack) => {
        batches.push(batch);
        if (release) ack();
        else held.push(ack);
        if (batches.at(-1)?.events.at(-1)?.seq === 5_001) resolve();
      });
    });
    await subscribe(0);
    await expect.poll(() => batches.length).toBe(MAX_UNACKED_BATCHES);
    // Far longer than it waits for a viewer that confirms late: no credit, no batch.
    await pause(200);
    expect(batches).toHaveLength(MAX_UNACKED_BATCHES);
    release = true;
    for (const ack of held) ack();
    await all;
    expect(batches.flatMap(({ events }) => events.map(({ seq }) => seq))).toEqual(Array.from({ length: 5_001 }, (_, index) => index + 1));
  });

  it("sends more at once to whoever confirms late, never in another order", async () => {
    const sizes: number[] = [];
    const seen: number[] = [];
    client.on("run:events", (batch, ack) => {
      sizes.push(batch.events.length);
      seen.push(...batch.events.map(({ seq }) => seq));
      setTimeout(ack, 40);
    });
    await subscribe(1);
    for (let index = 0; index < 100; index += 1) {
      await writer.record(runId, [text(`${index} \u{1f600} ü`)]);
      await pause(2);
    }
    await expect.poll(() => seen.at(-1)).toBe(101);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index + 2));
    expect(sizes.length).toBeLessThan(50);
  });

  it("sends only the missing suffix to whoever comes back", async () => {
    await writer.record(
      runId,
      Array.from({ length: 10 }, () => text("x")),
    );
    const first = new Promise<EventBatch>((resolve) => {
      client.on("run:events", (batch, ack) => {
        ack();
        resolve(batch);
      });
    });
    await subscribe(8);
    expect((await first).events.map(({ seq }) => seq)).toEqual([9, 10, 11]);
  });

  it.each([
    [{ runId: "no such run!", after: 0 }],
    [{ runId, after: -1 }],
    [{ runId, after: "0" }],
    [null],
    ["x"],
    [{ runId, after: 0, __proto__: { a: 1 }, more: true }],
  ])("answers %j with an error and lives", async (request) => {
    const reply = await (client as unknown as Socket).emitWithAck("run:subscribe", request);
    expect(reply).toMatchObject({ ok: false });
    expect(await subscribe(0)).toMatchObject({ ok: true });
  });

  it("leaves nothing behind when clients come and go", async () => {
    const address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    for (let index = 0; index < 50; index += 1) {
      const visitor: Socket<ServerToClient, ClientToServer> = connect(address, { transports: ["websocket"], forceNew: true });
      await visitor.emitWithAck("run:subscribe", { runId, after: 0 });
      visitor.close();
    }
    await expect.poll(() => server.engine.clientsCount, { timeout: 5_000 }).toBe(1);
  });
});
