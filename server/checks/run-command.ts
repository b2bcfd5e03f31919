import { randomBytes } from "node:crypto";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAgentLine } from "@/lib/protocol/agent-lines";
import { CHECK_JOB_FILE, CHECK_PROGRAM_FILE, CHECK_REPORTER_FILE, CHECK_REPORTS_FOLDER, type CheckJob } from "@/lib/protocol/check-job";
import type { AgentEvent } from "@/lib/run/events";
import type { AttemptEnvironment, AttemptExit, Executor, SetupSpec } from "../executors/executor";
import type { GitStore } from "../git/git-store";
import { boundOutput, filterOutput } from "../runs/bound-output";
import type { SecretRedaction } from "../runs/redact-secrets";

/** One command on one tree. */
export interface CommandJob {
  runId: string;
  mirrorPath: string;
  baseCommit: string;
  /** Whose tree; the base's own needs no more objects. */
  commit: string;
  environment: AttemptEnvironment;
  job: CheckJob;
  minutes: number;
}

export interface CommandResult {
  exit: AttemptExit;
  /** Without secrets, bounded: head and tail. */
  output: string;
  /** What it left in its reports folder; written by strangers. */
  reports: ReadonlyMap<string, Buffer>;
  durationMs: number;
}

export interface CommandPorts {
  executor: Executor;
  git: Pick<GitStore, "packCommits">;
  dataDir: string;
  /** The programs of the sandbox, each one file on the host. */
  bundles: { check: string; reporter: string };
}

/** How an executor knows the sandbox of a check. */
const PREFIX = "agent-check-";
/** Characters: the beginning and the end of a longer one. */
const KEPT_OUTPUT = 4_000_000;

export function checkSandboxName(): string {
  return PREFIX + randomBytes(10).toString("hex");
}

export function isCheckSandbox(name: string): boolean {
  return name.startsWith(PREFIX);
}

/**
 * Runs one command of a project in a sandbox, on a tree of the run with the project's dependencies and no network. What the command does wrong is a
 * result; rejects when the server could not do its part, and when `signal` aborts. Nothing of the sandbox stays.
 */
export async function runCommand(
  ports: CommandPorts,
  name: string,
  command: CommandJob,
  redaction: SecretRedaction,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { executor, bundles } = ports;
  const folder = join(ports.dataDir, "checks", "tmp", name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const jobFile = join(folder, "job.json");
    await writeFile(jobFile, JSON.stringify(command.job));
    // Whatever umask the server has: the sandbox's user reads it.
    await chmod(jobFile, 0o644);
    const shown = [
      { from: jobFile, to: CHECK_JOB_FILE },
      { from: bundles.check, to: CHECK_PROGRAM_FILE },
      { from: bundles.reporter, to: CHECK_REPORTER_FILE },
    ];
    const { mirrorPath, baseCommit, environment, minutes } = command;
    const spec: SetupSpec = {
      name,
      mirrorPath,
      baseCommit,
      start: startOf(ports, command),
      environment,
      setup: { command: `exec node ${CHECK_PROGRAM_FILE}`, variables: {}, shown, reports: CHECK_REPORTS_FOLDER, minutes },
    };
    const began = performance.now();
    const { exit, output } = await follow(executor, spec, redaction, signal);
    const durationMs = Math.round(performance.now() - began);
    const reports = (await executor.reports?.(spec)) ?? new Map<string, Buffer>();
    return { exit, output, reports, durationMs };
  } finally {
    await executor.cleanup(name);
    await rm(folder, { recursive: true, force: true });
  }
}

function startOf({ git }: CommandPorts, { runId, baseCommit, commit }: CommandJob): SetupSpec["start"] {
  return commit === baseCommit ? undefined : { commit, pack: () => git.packCommits(runId, [commit], [baseCommit]) };
}

async function follow(
  executor: Executor,
  spec: SetupSpec,
  redaction: SecretRedaction,
  signal: AbortSignal,
): Promise<{ exit: AttemptExit; output: string }> {
  signal.throwIfAborted();
  await executor.prepare(spec);
  signal.throwIfAborted();
  const ref = await executor.start(spec);
  const kept = keepOutput(redaction);
  for await (const item of executor.attach(ref, { fromLine: 1, signal })) {
    if (item.type === "exit") return { exit: item.exit, output: kept.end() };
    const line = parseAgentLine(item.line.text);
    if (line.type === "log.line") kept.push(`${line.text}\n`);
    else if (line.type === "output.truncated") kept.push(`… ${line.droppedBytes} bytes of output left out …\n`);
  }
  await executor.stop(ref);
  signal.throwIfAborted();
  throw new Error("the check's output ended without an end");
}

/** The same filters as for an agent's commands. */
function keepOutput(redaction: SecretRedaction): { push(text: string): void; end(): string } {
  const filter = filterOutput([redaction.attempt(), boundOutput({ call: KEPT_OUTPUT, output: 2 * KEPT_OUTPUT })], 0);
  let line = 0;
  let output = "";
  const take = (events: readonly AgentEvent[]): void => {
    for (const event of events) output += textOf(event);
  };
  return {
    push(text) {
      line += 1;
      take(filter.push({ type: "tool.output", callId: "check", stream: "stdout", text }, line));
    },
    end() {
      take(filter.push({ type: "tool.finished", callId: "check", ok: true, durationMs: 0 }, line + 1));
      take(filter.flush().events);
      return output;
    },
  };
}

function textOf(event: AgentEvent): string {
  if (event.type === "tool.output") return event.text;
  return event.type === "output.truncated" ? `\n… ${event.droppedBytes} bytes of output left out …\n` : "";
}
