import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pino from "pino";
import { Server } from "socket.io";
import { parseAgentLine } from "@/lib/protocol/agent-lines";
import type { NewRunEvent } from "@/lib/run/events";
import type { HostHarness } from "@/server/executors/local/local-harness";
import { serveSockets } from "@/server/realtime/socket-gateway";
import { createSocketServer } from "@/server/realtime/socket-server";
import { boundOutput, filterOutput } from "@/server/runs/bound-output";
import { coalesceDeltas } from "@/server/runs/coalesce-deltas";
import { redactSecrets } from "@/server/runs/redact-secrets";
import { createRunFeed } from "@/server/runs/run-feed";
import { createRunWriter, type RunWriter } from "@/server/runs/run-writer";
import type { OpenLog } from "./open-log";

/** Something to look for, of the usual length. */
const SECRET = "sk-ant-bench-0123456789abcdefghijklmnopqrstuvwxyz-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Agents that print at once, a line each `everyMs`. */
export interface Load {
  agents: number;
  everyMs: number;
  seconds: number;
}

/** A way for lines from agents to one client. */
export interface LatencyPath {
  url: string;
  /** Only where a run is followed. */
  runId?: string;
  /** Resolves to the number of lines once all agents have ended and all is handed over. */
  play(load: Load): Promise<number>;
  close(): Promise<void>;
}

/** What an agent does; its lines carry the time at which they were written. */
function program({ everyMs, seconds }: Load): string {
  return `js export default async ({ print, pause }) => {
    const start = performance.now();
    for (let sent = 0; sent < ${(seconds * 1_000) / everyMs}; await pause(${everyMs})) {
      for (const due = (performance.now() - start) / ${everyMs}; sent < due; sent += 1)
        print(JSON.stringify({ n: sent + 1, type: "text.delta", block: "t1.0", text: process.hrtime.bigint() + " " }));
    }
  };`;
}

/** Shim, spool, filters, coalescer, writer, log, feed and gateway, put together as the supervisor of a variation does. */
export async function productPath(harness: HostHarness, open: OpenLog, runId: string, agents: number): Promise<LatencyPath> {
  const writer = createRunWriter(open.log, Date.now);
  const variations = Array.from({ length: agents }, () => ({ agent: "builtin", model: "demo" }));
  const created = {
    type: "run.created" as const,
    prompt: "p",
    projectId: open.projectId,
    repositoryUrl: "u",
    repositoryName: "n",
    variations,
  };
  await writer.create({ runId, projectId: open.projectId, createdAt: Date.now(), events: [{ at: Date.now(), event: created }] });
  for (let variation = 0; variation < agents; variation += 1) {
    await open.index.issueToken({ runId, variation, attempt: 0, model: "demo", tokenHash: `${runId}-${variation}` });
  }
  const { http, url } = await listen();
  const io = createSocketServer(http);
  serveSockets(io, createRunFeed(open.log, writer), { bootId: "bench", version: "0" }, pino({ level: "silent" }));
  return {
    url,
    runId,
    async play(load) {
      const lines = await Promise.all(variations.map((_, variation) => playSandboxed(harness, writer, runId, variation, program(load))));
      return lines.reduce((sum, count) => sum + count, 0);
    },
    close: () => io.close(),
  };
}

async function playSandboxed(harness: HostHarness, writer: RunWriter, runId: string, variation: number, prompt: string): Promise<number> {
  const spec = harness.spec(prompt);
  await harness.executor.prepare(spec);
  const ref = await harness.executor.start(spec);
  let cursor = 0;
  let count = 0;
  const filter = filterOutput([redactSecrets([SECRET]).attempt(), boundOutput()], 0);
  const coalescer = coalesceDeltas(async ({ events, line }) => {
    const placed = events.map((event): NewRunEvent => ({ at: Date.now(), variation, attempt: 0, event }));
    await writer.record(runId, placed, { variation, attempt: 0, from: cursor, to: line });
    cursor = line;
  });
  for await (const item of harness.executor.attach(ref, { fromLine: 1, signal: new AbortController().signal })) {
    if (item.type === "exit") continue;
    const event = parseAgentLine(item.line.text);
    if (event.type === "log.line") throw new Error(`the agent said: ${item.line.text}`);
    if (event.type === "agent.finished" || event.type === "agent.failed") continue;
    // What the sandbox adds of its own (warnings) goes the same way but is no line of the agent's.
    if (event.type === "text.delta") count += 1;
    coalescer.push(filter.push(event, item.line.line), item.line.line);
  }
  const rest = filter.flush();
  coalescer.push(rest.events, rest.line);
  await coalescer.flush();
  await harness.executor.cleanup(spec.name);
  return count;
}

/** `node agent` with its standard output in a pipe, each line emitted by a bare socket.io server. */
export async function plainPath(harness: HostHarness): Promise<LatencyPath> {
  const { http, url } = await listen();
  const io = new Server(http, { transports: ["websocket"] });
  const task = join(harness.dataDir, "plain-task.json");
  async function playPlain(load: Load): Promise<number> {
    await writeFile(task, JSON.stringify({ prompt: program(load) }));
    const env = { AIDEATOR_TASK: task } as unknown as NodeJS.ProcessEnv;
    const child = spawn(process.execPath, [join(harness.dataDir, "agent.mjs")], { env, stdio: ["ignore", "pipe", "inherit"] });
    let count = 0;
    createInterface({ input: child.stdout }).on("line", (line) => {
      count += 1;
      io.emit("line", line);
    });
    await once(child, "close");
    return count;
  }
  return {
    url,
    async play(load) {
      const lines = await Promise.all(Array.from({ length: load.agents }, () => playPlain(load)));
      return lines.reduce((sum, count) => sum + count, 0);
    },
    close: () => io.close(),
  };
}

async function listen(): Promise<{ http: HttpServer; url: string }> {
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  return { http, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}
