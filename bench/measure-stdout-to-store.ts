import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createLocalHarness } from "@/server/executors/local/local-harness";
import { COALESCE_WINDOW_MS } from "@/server/runs/coalesce-deltas";
import type { LatencyOrder, LatencyWord } from "./latency-client";
import { type LatencyPath, type Load, plainPath, productPath } from "./latency-paths";
import { type BenchOptions, compare, type Measurement, percentile } from "./measurement";
import { openLog } from "./open-log";

const LOADS: Record<string, Load> = {
  quiet: { agents: 1, everyMs: 200, seconds: 20 },
  busy: { agents: 5, everyMs: 5, seconds: 6 },
};
const ROUNDS = 4;
const QUICK_SECONDS = 3;
const QUICK_ROUNDS = 1;
const ALLOWED_MS = COALESCE_WINDOW_MS + 5;
/** What is still on the wire when the last line has been handed over. */
const REST_MS = 300;

/** ms of every line of one round, from the agent's write to the client's store. */
type Latencies = number[];

/** A line on an agent's standard output until it is in the store of a page, against the same lines through a pipe and a bare emit. */
export async function measureStdoutToStore({ quick, progress }: BenchOptions): Promise<Measurement[]> {
  const harness = await createLocalHarness();
  const open = await openLog();
  const client = fork(fileURLToPath(new URL("latency-client.ts", import.meta.url)));
  let runs = 0;
  const product = async (load: Load): Promise<Latencies> => {
    runs += 1;
    const runId = `benchlatency${String(runs).padStart(4, "0")}`;
    return through(client, await productPath(harness, open, runId, load.agents), load);
  };
  const plain = async (load: Load): Promise<Latencies> => through(client, await plainPath(harness), load);
  try {
    const measurements: Measurement[] = [];
    for (const [name, given] of Object.entries(LOADS)) {
      const load = quick ? { ...given, seconds: QUICK_SECONDS } : given;
      const subject: Latencies[] = [];
      const reference: Latencies[] = [];
      // Code that is not compiled yet is no part of it.
      for (const way of [product, plain]) await way({ ...load, seconds: 2 });
      for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
        subject.push(await product(load));
        reference.push(await plain(load));
        progress(`${name}: round ${round + 1}`);
      }
      measurements.push(...verdicts(name, load, subject, reference));
    }
    return measurements;
  } finally {
    client.kill();
    await open.close();
    await harness.dispose();
  }
}

function verdicts(name: string, load: Load, subject: Latencies[], reference: Latencies[]): Measurement[] {
  const at = (percent: number, rounds: Latencies[]): number[] => rounds.map((latencies) => percentile(latencies, percent));
  const [ours, theirs] = [percentile(subject.flat(), 99), percentile(reference.flat(), 99)];
  const note = `${load.agents} × ${1_000 / load.everyMs} lines/s, ${subject.flat().length} lines through the product`;
  return [
    compare({
      name: `stdout-to-store-${name}-p50`,
      unit: "ms",
      subject: at(50, subject),
      reference: at(50, reference),
      target: "none of its own",
      note,
    }),
    compare({
      name: `stdout-to-store-${name}-p99`,
      unit: "ms",
      subject: at(99, subject),
      reference: at(99, reference),
      target: `≤ ${ALLOWED_MS} ms over the reference`,
      judge: () => ours <= theirs + ALLOWED_MS,
      note: `${note}; p99 of all rounds ${ours.toFixed(1)} ms, reference ${theirs.toFixed(1)} ms`,
    }),
  ];
}

/** Plays the load on this path; throws when a line did not arrive exactly once. */
async function through(client: ChildProcess, path: LatencyPath, load: Load): Promise<Latencies> {
  try {
    const ready = answer(client, "ready");
    order(client, { type: "follow", url: path.url, runId: path.runId });
    await ready;
    const lines = await path.play(load);
    await pause(REST_MS);
    const report = answer(client, "report");
    order(client, { type: "report" });
    const { latencies } = await report;
    if (latencies.length !== lines) throw new Error(`${latencies.length} of ${lines} lines arrived`);
    return latencies;
  } finally {
    await path.close();
  }
}

function order(client: ChildProcess, what: LatencyOrder): void {
  client.send(what);
}

async function answer<T extends LatencyWord["type"]>(client: ChildProcess, type: T): Promise<Extract<LatencyWord, { type: T }>> {
  for (;;) {
    const [said] = (await once(client, "message")) as [LatencyWord];
    if (said.type === type) return said as Extract<LatencyWord, { type: T }>;
  }
}
