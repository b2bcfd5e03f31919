import { mkdtemp, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { measureDiff } from "./measure-diff";
import { measureFanOut } from "./measure-fan-out";
import { measureGateway } from "./measure-gateway";
import { measureLive } from "./measure-live";
import { measureMap } from "./measure-map";
import { measurePages } from "./measure-pages";
import { measureReplay } from "./measure-replay";
import { measureSandboxStart } from "./measure-sandbox-start";
import { measureStdoutToStore } from "./measure-stdout-to-store";
import { measureWorkingTrees } from "./measure-working-trees";
import type { BenchOptions, Measurement } from "./measurement";
import { reportTable } from "./report-table";

/** `npm run bench -- [--only name] [--quick] [--json file]`; ends with 1 when a target was missed. See docs/benchmarks.md. */
const measures: Record<string, (options: BenchOptions) => Promise<Measurement[]>> = {
  "sandbox-start": measureSandboxStart,
  trees: measureWorkingTrees,
  diff: measureDiff,
  map: measureMap,
  replay: measureReplay,
  "fan-out": measureFanOut,
  "stdout-to-store": measureStdoutToStore,
  gateway: measureGateway,
  live: measureLive,
  pages: measurePages,
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: "string" }, quick: { type: "boolean" }, json: { type: "string" } } });
  const names = Object.keys(measures).filter((name) => values.only === undefined || name === values.only);
  if (names.length === 0) throw new Error(`There is no measurement ${values.only}: give one of ${Object.keys(measures).join(", ")}.`);
  const quick = values.quick ?? false;
  const measurements: Measurement[] = [];
  const [load = 0] = loadavg();
  for (const name of names) {
    const progress = (text: string): void => void process.stderr.write(`${name}: ${text}\n`);
    progress("starts");
    measurements.push(...((await measures[name]?.({ quick, progress })) ?? []));
  }
  const machine = { node: process.version, processors: availableParallelism(), model: cpus()[0]?.model, memory: totalmem(), load };
  const file = resolve(values.json ?? join(await mkdtemp(join(tmpdir(), "aideator-bench-")), "bench-results.json"));
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), quick, machine, measurements }, null, 2)}\n`);
  const caveats = [
    ...(quick ? ["Quick rounds: too few to judge by."] : []),
    ...(load > availableParallelism() / 2
      ? [`The machine was busy at the start (load ${load.toFixed(1)}): take these figures again.`]
      : []),
  ];
  process.stdout.write(`${[reportTable(measurements), ...caveats, file].join("\n")}\n`);
  process.exitCode = measurements.some(({ pass }) => pass === false) ? 1 : 0;
}

await main();
