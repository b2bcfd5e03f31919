import { createWriteStream, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readCount } from "../local/cgroup";
import type { SandboxStatus } from "../local/status-channel";
import { CONTAIN_ORDER_FILE, type ContainOrder } from "./contain-order";
import { type ContainerState, endOf, inspectContainer, killContainer, startContainer } from "./containers";
import { createEngineApi, type EngineApi } from "./engine-api";
import { engineRemedy } from "./engine-remedy";
import { hostProcess, onlyHeld } from "./host-process";

/**
 * What the shim starts where agents work in containers: `node contain.mjs <folder>`. It makes the container that `container.json` says, passes
 * its outputs on as they come, says on descriptor 3 what it is, ends it when asked (SIGTERM) or when the shim is gone, and ends as the
 * container did. It leaves the container for whoever cleans up.
 */
const STATUS_FD = 3;
const PARENT_INTERVAL_MS = 500;
/** How long an engine that went away in mid-work may take to come back, until the agent in it is given up. */
const ENGINE_PATIENCE_MS = 10_000;
const SIGKILLED = 137;

const folder = process.argv[2] ?? "";
// Written by the executor of this very version: a schema would only cost start-up time.
const order = JSON.parse(readFileSync(join(folder, CONTAIN_ORDER_FILE), "utf8")) as ContainOrder;
const api = createEngineApi(order.socketPath);
const shim = process.ppid;
let container: string | undefined;
let asked = false;

// Not `process.stdout`: on a pipe that blocks everything, this program's ears included, while the shim waits for room on the disk.
const outputs = { stdout: createWriteStream("", { fd: 1 }), stderr: createWriteStream("", { fd: 2 }) };
for (const output of Object.values(outputs)) output.on("error", endContainer);

function tell(status: SandboxStatus): void {
  try {
    writeSync(STATUS_FD, `${JSON.stringify(status)}\n`);
  } catch {
    // The shim is gone: nobody is to be told.
  }
}

function endContainer(): void {
  asked = true;
  // Whoever cleans up does it again, and is told when it fails.
  if (container !== undefined) void killContainer(api, container).catch(() => undefined);
}

/** Resolves once it has gone out: what is said on one output after the other is to arrive after it. */
function pass(stream: "stdout" | "stderr", chunk: Buffer): Promise<void> {
  return new Promise((resolve) => void outputs[stream].write(chunk, () => resolve()));
}

async function finish(code: number): Promise<never> {
  await Promise.all(Object.values(outputs).map((output) => new Promise((resolve) => output.end(resolve))));
  process.exit(code);
}

/** The state of a container whose engine may be away for a moment; undefined when it stays away. */
async function stateOf(engine: EngineApi, id: string): Promise<ContainerState | undefined> {
  const deadline = performance.now() + ENGINE_PATIENCE_MS;
  for (;;) {
    const state = await inspectContainer(engine, id).catch(() => undefined);
    if (state !== undefined || performance.now() > deadline) return state;
    await pause(PARENT_INTERVAL_MS);
  }
}

process.on("SIGTERM", endContainer);
process.on("SIGINT", () => undefined);
process.on("SIGHUP", () => undefined);
// A shim that is killed takes its sandbox along.
setInterval(() => process.ppid !== shim && endContainer(), PARENT_INTERVAL_MS).unref();

try {
  const started = await startContainer(api, order.name, order.spec);
  container = started.id;
  if (asked) endContainer();
  const { pid } = await inspectContainer(api, container);
  const init = onlyHeld(order.spec, await hostProcess(container, order.name, pid));
  if (init !== undefined) tell(init);
  const broken = await started.relay(pass).then(
    () => false,
    () => true,
  );
  // At once: the control group goes with the container.
  const killed = init?.oomFile === undefined ? 0 : readCount(init.oomFile, "oom_kill");
  const end = broken ? await stateOf(api, container) : await endOf(api, container);
  if (end === undefined || end.running) {
    endContainer();
    const detail = "The engine of containers let go of this one while it worked.";
    tell({ failed: { detail, remedy: "What it had written is kept: open the diff, or run again." } });
    await finish(1);
  } else {
    if (end.exitCode === SIGKILLED && (killed > 0 || end.outOfMemory)) tell({ outOfMemory: true });
    await finish(end.exitCode);
  }
} catch (error) {
  endContainer();
  tell({ failed: { detail: error instanceof Error ? error.message : String(error), remedy: engineRemedy(error, order) } });
  await finish(1);
}
