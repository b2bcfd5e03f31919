import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { AttemptSpec, Executor } from "@/server/executors/executor";
import { createLocalHarness } from "@/server/executors/local/local-harness";
import { type BenchOptions, compare, type Measurement, median } from "./measurement";

const ROUNDS = 40;
const QUICK_ROUNDS = 5;
/** The first ones pay for cold files and for the probe of the machine. */
const WARM_UP = 2;
const ALLOWED_MS = 50;

/** Time from the wish to start to the agent's first line, through shim and sandbox, against `node agent` as a bare child process. */
export async function measureSandboxStart({ quick, progress }: BenchOptions): Promise<Measurement[]> {
  const harness = await createLocalHarness();
  const subject: number[] = [];
  const reference: number[] = [];
  let summary = "";
  try {
    const report = await harness.executor.report();
    summary = report.summary;
    for (let round = -WARM_UP; round < (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
      const spec = harness.spec("lines 1");
      // The tree and the task are there before the clock runs: they are another measurement.
      await harness.executor.prepare(spec);
      const task = join(harness.dataDir, "attempts", spec.name, "config", "task.json");
      const sandboxed = await untilFirstLine(harness.executor, spec);
      const plain = await plainUntilFirstLine(join(harness.dataDir, "agent.mjs"), task);
      await harness.executor.cleanup(spec.name);
      if (round < 0) continue;
      subject.push(sandboxed);
      reference.push(plain);
    }
    progress(`${subject.length} rounds`);
  } finally {
    await harness.dispose();
  }
  const over = median(subject) - median(reference);
  return [
    compare({
      name: "sandbox-start",
      unit: "ms",
      subject,
      reference,
      target: `< ${ALLOWED_MS} ms over plain spawn`,
      judge: () => over < ALLOWED_MS,
      note: `${over.toFixed(1)} ms over plain spawn (medians); ${summary}`,
    }),
  ];
}

/** ms until the first line is read from the spool; resolves once the sandbox has ended, so that rounds do not overlap. */
async function untilFirstLine(executor: Executor, spec: AttemptSpec): Promise<number> {
  const start = performance.now();
  const ref = await executor.start(spec);
  let taken: number | undefined;
  for await (const item of executor.attach(ref, { fromLine: 1, signal: new AbortController().signal })) {
    if (item.type === "line") taken ??= performance.now() - start;
  }
  if (taken === undefined) throw new Error("the sandboxed agent said nothing");
  return taken;
}

async function plainUntilFirstLine(agent: string, task: string): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [agent], {
    cwd: "/",
    env: { AIDEATOR_TASK: task } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  await once(child.stdout, "data");
  const taken = performance.now() - start;
  await ended;
  return taken;
}
