import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, type IncomingMessage, request as requestHttp } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { BENCH_MODEL, BENCH_TOKEN } from "./gateway-attempt";
import { type BenchOptions, compare, type Measurement, median, percentile } from "./measurement";

const ROUNDS = 400;
const QUICK_ROUNDS = 20;
const WARM_UP = 50;
const ALLOWED_MS = 1;
/** A conversation in its middle: 48 kB. */
const PROMPT_BYTES = 48 * 1024;
const DELTAS = 200;

interface Timing {
  firstByteMs: number;
  totalMs: number;
}

/**
 * One streamed call at a time, in turns through the gateway (its socket, token from the database, caps, metering, log and audit in SQLite)
 * and straight to the same provider. Gateway and provider are processes of their own. The provider answers at once, then sends twenty deltas
 * every two milliseconds, many times as fast as real ones; at once, the three processes would only wait for each other on two cores.
 */
export async function measureGateway({ quick, progress }: BenchOptions): Promise<Measurement[]> {
  const provider = await start("play-provider");
  const gateway = await start("serve-gateway", `http://127.0.0.1:${provider.line}`);
  const subject: Timing[] = [];
  const reference: Timing[] = [];
  const direct = new Agent({ keepAlive: true });
  const through = new Agent({ keepAlive: true });
  try {
    for (let round = -WARM_UP; round < (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
      const passed = await call({ socketPath: gateway.line, agent: through, headers: { "x-api-key": BENCH_TOKEN } });
      // What is written down after an answer is nobody's latency, and not the next one's either.
      await sleep(5);
      const plain = await call({ host: "127.0.0.1", port: provider.line, agent: direct });
      if (round < 0) continue;
      subject.push(passed);
      reference.push(plain);
    }
    progress(`${subject.length} rounds`);
  } finally {
    direct.destroy();
    through.destroy();
    await gateway.end();
    await provider.end();
  }
  return [
    figure("gateway, first byte", subject, reference, ({ firstByteMs }) => firstByteMs, true),
    figure(`gateway, whole stream of ${DELTAS} deltas`, subject, reference, ({ totalMs }) => totalMs, false),
  ];
}

function figure(name: string, subject: Timing[], reference: Timing[], of: (timing: Timing) => number, promised: boolean): Measurement {
  const [ours, theirs] = [subject.map(of), reference.map(of)];
  const added = ours.map((value, round) => value - (theirs[round] ?? Number.NaN));
  return compare({
    name,
    unit: "ms",
    subject: ours,
    reference: theirs,
    target: promised ? `≤ ${ALLOWED_MS} ms added (median)` : "—",
    ...(promised && { judge: () => median(added) <= ALLOWED_MS }),
    note: `${median(added).toFixed(2)} ms added in the middle, ${percentile(added, 99).toFixed(2)} ms in the 99th percentile`,
  });
}

/** Starts a process of the bench, bundled as the product is; resolves to the one line that it prints. */
async function start(name: string, ...args: string[]): Promise<{ line: string; end(): Promise<void> }> {
  // As deep as its source, from where it finds packages and migrations.
  const outfile = join(import.meta.dirname, `../dist/bench-${name}.mjs`);
  const entryPoints = [join(import.meta.dirname, `${name}.ts`)];
  const root = join(import.meta.dirname, "..");
  const common = { bundle: true, platform: "node", format: "esm", packages: "external", alias: { "@": root } } as const;
  await build({ ...common, entryPoints, outfile, target: "node20" });
  const child = spawn(process.execPath, [outfile, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const said = (await Promise.race([once(child.stdout, "data"), ended.then(() => [])])) as [Buffer?];
  if (said[0] === undefined) throw new Error(`${name} did not start`);
  return {
    line: said[0].toString().trim(),
    async end() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

const body = JSON.stringify({
  model: BENCH_MODEL,
  max_tokens: DELTAS,
  stream: true,
  messages: Array.from({ length: 24 }, (_, at) => ({
    role: at % 2 === 0 ? "user" : "assistant",
    content: "word ".repeat(PROMPT_BYTES / 24 / 5),
  })),
});

async function call(target: { socketPath?: string; host?: string; port?: string; agent: Agent; headers?: object }): Promise<Timing> {
  const start = performance.now();
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...target.headers };
  const request = requestHttp({ ...target, path: "/v1/messages", method: "POST", headers });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let firstByteMs: number | undefined;
  for await (const _ of response) firstByteMs ??= performance.now() - start;
  if (response.statusCode !== 200 || firstByteMs === undefined) throw new Error(`the call was answered ${response.statusCode}`);
  return { firstByteMs, totalMs: performance.now() - start };
}
