import { readdir, readFile, readlink } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { RunEvent } from "@/lib/run/events";
import { socketWitness } from "./witness";
import type { FaultServer, Figures, Scenario, WatchedRun, World } from "./world";

const RSS_GROWTH_MB = 250;
/** Longer than the server waits for a sign of life: whoever closes while nothing of it is being read is found out only then. */
const SETTLE_MS = 60_000;
/** A leak grows with the visits, of which each kind has more than ten; what is made once, whenever, does not. */
const MADE_ONCE = 2;

/** Clients that come, leave, break off and read slowly: those who stay miss nothing, and nothing of the others stays. */
export const clients: Scenario = {
  name: "clients",
  faults: "F9 F10 F11 F12",
  async run(world) {
    const faults = await world.open();
    // Once before measuring: what is loaded at the first use is no leak.
    await visits(world, faults, await faults.watch(["script:tools"], { sockets: 2, streams: 2 }), 10);
    const before = await settled(faults);
    const run = await faults.watch(["script:edits", "script:tools", world.short ? "script:tools" : "script:long"], {
      sockets: 3,
      streams: 3,
    });
    await run.socket.until(({ event }) => event.type === "text.delta", 30_000);
    const count = world.short ? 80 : 1_000 * world.rounds;
    const seen = await visits(world, faults, run, count);
    const after = await settled(faults, before.fds);
    if (after.fds > before.fds + MADE_ONCE) {
      const added = after.open.filter((one) => !before.open.includes(one)).join(", ");
      world.blame(`the server has ${after.fds} open descriptors, before the visits ${before.fds}; new: ${added}`);
    }
    if (after.rssMb > before.rssMb + RSS_GROWTH_MB) world.blame(`the server's memory grew from ${before.rssMb} to ${after.rssMb} MB`);
    return {
      visits: count,
      ...seen,
      "descriptors before, after": `${before.fds}, ${after.fds}`,
      "memory before, after, MB": `${before.rssMb}, ${after.rssMb}`,
    };
  },
};

/** Pays visits while the run goes on, and judges those who stayed. */
async function visits(world: World, faults: FaultServer, run: WatchedRun, count: number): Promise<Figures> {
  const kinds: Record<string, () => Promise<void>> = {
    "tabs that join and leave": () => tab(world, faults, run),
    "pairs of tabs": async () => void (await Promise.all([tab(world, faults, run), tab(world, faults, run)])),
    "streams from a cursor": () => resumedStream(world, faults, run),
    "sockets closed in mid frame": () => brokenFrame(world, faults),
    "readers that never read": () => deafReader(world, faults, run),
  };
  const seen: Record<string, number> = {};
  for (let done = 0; done < count; done += 10) {
    await Promise.all(
      Array.from({ length: Math.min(10, count - done) }, async () => {
        const kind = world.random.pick(Object.keys(kinds));
        seen[kind] = (seen[kind] ?? 0) + 1;
        await kinds[kind]?.();
      }),
    );
  }
  await faults.judge(run, 120_000);
  return seen;
}

/** A page that is loaded, and left after a moment: what it got is a gapless beginning of the log. */
async function tab(world: World, { server, api }: FaultServer, { runId }: WatchedRun): Promise<void> {
  const witness = socketWitness(server.url, runId, api.headers, "a visitor");
  await wait(world.random.between(20, 400));
  if (world.random.next() < 0.3) {
    witness.socket.io.engine?.close();
    await wait(300);
  }
  const seqs = witness.events().map(({ seq }: RunEvent) => seq);
  witness.close();
  const wrong = seqs.findIndex((seq, at) => seq !== at + 1);
  if (wrong >= 0) world.blame(`a visitor got seq ${seqs[wrong]} where ${wrong + 1} was due`);
}

/** A stream that goes on behind a cursor begins with the event after it, by header or by query. */
async function resumedStream(world: World, { server, api }: FaultServer, { runId }: WatchedRun): Promise<void> {
  const after = world.random.between(0, 15);
  const byHeader = world.random.next() < 0.5;
  const leaving = new AbortController();
  const url = `${server.url}/api/v1/runs/${runId}/stream${byHeader ? "" : `?after=${after}`}`;
  const resume: Record<string, string> = byHeader ? { "last-event-id": String(after) } : {};
  const timer = setTimeout(() => leaving.abort(), world.random.between(50, 500));
  let text = "";
  try {
    const response = await fetch(url, { headers: { ...api.headers, ...resume }, signal: leaving.signal });
    if (response.body !== null) for await (const part of response.body.pipeThrough(new TextDecoderStream())) text += part;
  } catch {
    // Left in the middle, as it was meant.
  }
  clearTimeout(timer);
  const seqs = [...text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq));
  const wrong = seqs.findIndex((seq, at) => seq !== after + 1 + at);
  if (wrong >= 0) world.blame(`a stream behind ${after} got seq ${seqs[wrong]} where ${after + 1 + wrong} was due`);
}

/** A web socket that is opened, says half a frame, and is gone without a farewell. */
async function brokenFrame(world: World, { server }: FaultServer): Promise<void> {
  const key = Buffer.from(String(world.random.next()).padEnd(16, "x").slice(0, 16)).toString("base64");
  await raw(server.port, world.random.between(10, 200), [
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    // A masked text frame of 100 characters, of which four come.
    Buffer.from([0x81, 0x80 | 100, 1, 2, 3, 4, 0x35, 0x32, 0x5b, 0x22]),
  ]);
}

/** A stream whose reader takes nothing from its socket. */
async function deafReader(world: World, { server }: FaultServer, { runId }: WatchedRun): Promise<void> {
  await raw(server.port, world.random.between(200, 800), [
    `GET /api/v1/runs/${runId}/stream HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAccept: text/event-stream\r\n\r\n`,
  ]);
}

function raw(port: number, stayMs: number, parts: (string | Buffer)[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => {
      socket.pause();
      for (const part of parts) socket.write(part);
      setTimeout(() => socket.resetAndDestroy(), stayMs);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
  });
}

/** Open descriptors and memory of the server, once the former have come down to `aim` or no longer change. */
async function settled(faults: FaultServer, aim?: number): Promise<{ fds: number; open: string[]; rssMb: number }> {
  const folder = `/proc/${await faults.pid()}`;
  const deadline = performance.now() + SETTLE_MS;
  let least = Number.POSITIVE_INFINITY;
  let open: string[] = [];
  for (let same = 0; performance.now() < deadline && same < 20; ) {
    const fds = await readdir(join(folder, "fd"));
    same = fds.length < least ? 0 : same + 1;
    if (fds.length < least) open = await Promise.all(fds.map(async (fd) => readlink(join(folder, "fd", fd)).catch(() => "closed")));
    least = Math.min(least, fds.length);
    if (aim !== undefined && least > aim) same = 0;
    await wait(250);
  }
  const status = await readFile(join(folder, "status"), "utf8");
  return { fds: least, open, rssMb: Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024) };
}
