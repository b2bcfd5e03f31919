import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { parseAgentLine } from "@/lib/protocol/agent-lines";
import type { AttemptExit, Executor, KeptFolders, SetupSpec } from "../executors/executor";
import { removeFolder } from "../executors/local/remove-folder";
import type { DependencyCache, SetupPlace } from "./dependency-cache";
import { createEgressProxy } from "./egress-proxy";
import type { EgressRule } from "./egress-rules";
import type { SetupOutput } from "./set-up-output";

export interface SetupJob {
  place: SetupPlace;
  mirrorPath: string;
  baseCommit: string;
  command: string;
  variables: Record<string, string>;
  /** Files of the host that the command may read: certificates. */
  shown: { from: string; to: string }[];
  rules: EgressRule[];
  folders: KeptFolders;
  /** Folders of a local checkout that stand in for the command; absolute paths of the host, and where they belong in the tree. */
  seed?: { from: string; path: string }[];
}

/** `lasting`: another try would end the same way. */
export type SetupResult = { ok: true; folder: string } | { ok: false; reason: string; lasting: boolean };

export interface SetupPorts {
  executor: Executor;
  cache: DependencyCache;
  dataDir: string;
  log: Pick<Logger, "warn">;
}

const MINUTES = 30;

/** The name that an executor knows a set-up by. */
export function setupName({ projectId, hash }: SetupPlace): string {
  return `agent-setup-${projectId}-${hash}`;
}

/**
 * Runs one set-up in a sandbox on the base and publishes what it installed. What the project's own command does wrong is a result; rejects
 * when the server could not do its part, and when `signal` aborts. Nothing half-made stays.
 */
export async function setUpProject(ports: SetupPorts, job: SetupJob, output: SetupOutput, signal: AbortSignal): Promise<SetupResult> {
  const { seed } = job;
  if (seed !== undefined) {
    const copied = await runOnce(ports, { ...job, ...copyCommand(seed) }, output, signal);
    if (copied.ok) {
      output.push(`Taken over from the local checkout: ${seed.map(({ path }) => path).join(", ")}. Its lock file is the same.\n`);
      return copied;
    }
    output.push(`The local checkout could not be taken over (${copied.reason}).\n`);
  }
  return runOnce(ports, job, output, signal);
}

/** Copies what is shown at `/seed`: no network, no program of the project. */
function copyCommand(seed: { from: string; path: string }[]): Partial<SetupJob> {
  const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;
  const copies = seed.map(({ path }, at) => {
    const above = path.includes("/") ? `mkdir -p -- ${quoted(path.slice(0, path.lastIndexOf("/")))} && ` : "";
    return `${above}cp -a --reflink=auto --no-preserve=ownership -- /seed/${at} ${quoted(path)}`;
  });
  const shown = seed.map(({ from }, at) => ({ from, to: `/seed/${at}` }));
  return { command: copies.join(" && "), variables: {}, shown, rules: [] };
}

async function runOnce(ports: SetupPorts, job: SetupJob, output: SetupOutput, signal: AbortSignal): Promise<SetupResult> {
  const { executor, cache, dataDir } = ports;
  const name = setupName(job.place);
  // What a killed server left of it.
  await executor.cleanup(name);
  const proxyFolder = join(dataDir, "egress", randomBytes(4).toString("hex"));
  await mkdir(proxyFolder, { recursive: true });
  const proxySocket = job.rules.length === 0 ? undefined : join(proxyFolder, "proxy.sock");
  const proxy =
    proxySocket === undefined
      ? undefined
      : await createEgressProxy({
          socketPath: proxySocket,
          rules: job.rules,
          onRefused: (host, reason) => output.push(`refused: ${host}, ${reason}\n`),
        });
  const { command, variables, shown, mirrorPath, baseCommit, folders: keep } = job;
  const spec: SetupSpec = { name, mirrorPath, baseCommit, setup: { command, variables, proxySocket, shown, keep, minutes: MINUTES } };
  let half: string | undefined;
  try {
    const exit = await runInSandbox(executor, spec, output, signal);
    for (const { host, connections, bytes } of proxy?.reached() ?? []) {
      output.push(`reached: ${host}, ${connections} ${connections === 1 ? "connection" : "connections"}, ${Math.ceil(bytes / 1_024)} kB\n`);
    }
    if (exit.kind !== "exited" || exit.code !== 0) return { ok: false, reason: reasonOf(exit), lasting: isLasting(exit) };
    half = await cache.begin(job.place);
    const folders = (await executor.keep?.(spec, half)) ?? [];
    const folder = await cache.publish(job.place, half, { command, folders });
    half = undefined;
    return { ok: true, folder };
  } finally {
    await proxy?.close();
    await executor.cleanup(name).catch((error: unknown) => ports.log.warn({ err: error, name }, "a set-up's sandbox could not be removed"));
    if (half !== undefined) await removeFolder(half);
    await rm(proxyFolder, { recursive: true, force: true });
  }
}

async function runInSandbox(executor: Executor, spec: SetupSpec, output: SetupOutput, signal: AbortSignal): Promise<AttemptExit> {
  signal.throwIfAborted();
  await executor.prepare(spec);
  signal.throwIfAborted();
  const ref = await executor.start(spec);
  for await (const item of executor.attach(ref, { fromLine: 1, signal })) {
    if (item.type === "exit") return item.exit;
    const line = parseAgentLine(item.line.text);
    if (line.type === "log.line") output.push(`${line.text}\n`);
    else if (line.type === "warning.raised") output.push(`${line.message}\n`);
    else if (line.type === "output.truncated") output.push(`… ${line.droppedBytes} bytes of output left out …\n`);
  }
  await executor.stop(ref);
  signal.throwIfAborted();
  throw new Error("the set-up's output ended without an end");
}

/** It came to its own end or to a limit; whatever ended it from outside, or lost it, is no word about the project. */
function isLasting(exit: AttemptExit): boolean {
  return exit.kind === "exited" || (exit.kind === "failed" && ["timeout", "out_of_memory", "resource_limit"].includes(exit.failure.code));
}

function reasonOf(exit: AttemptExit): string {
  switch (exit.kind) {
    case "exited":
      return `it ended with exit code ${exit.code}`;
    case "signalled":
      return `it was ended by ${exit.signal}`;
    case "failed":
      return exit.failure.message;
  }
}
