import { mkdir, open, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { AttachItem, AttemptSpec, Executor, ExecutorRef, SetupSpec } from "../executor";
import { type AttemptFiles, attemptFiles, exitRecordSchema, type Launch, readRecord, shimRecordSchema, writeRecord } from "./attempt-files";
import { createAttemptTrees } from "./attempt-trees";
import { endLeftovers } from "./end-leftovers";
import { followSpool } from "./follow-spool";
import type { ConfinedProgram, Machine } from "./machine";
import { isAlive, signal } from "./process-identity";
import { readReports } from "./read-reports";
import { setupProgram } from "./setup-program";
import { createShimStarter } from "./shim-starter";

export interface HostExecutorOptions {
  /** Absolute. */
  dataDir: string;
  /** Program and arguments; the attempt's folder is added. */
  shimCommand: string[];
  /** The agent as one file. */
  agentBundle: string;
  /** The program of set-ups as one file; absent: this server sets no project up. */
  setupBundle?: string;
  /** The gateway's unix socket; its folder holds nothing else and is what sandboxes see. */
  gatewaySocket: string;
}

/** What executors differ in whose trees lie on this server's disk. */
export interface HostKind {
  kind: "local" | "container";
  /** What `Machine.list` lists, in a word or two. */
  leftovers: string;
  /** What confines programs; asked whenever it is needed. Rejects while there is nothing. */
  machine(): Promise<Machine>;
}

/** A stop that the shim does not answer within this time is done without it. */
const STOP_TIMEOUT_MS = 1_500;
const HEARTBEAT_MS = 20_000;
/** How long a sandbox works on without a server (docs/decisions/003). */
const ORPHAN_LIMIT_MS = 15 * 60_000;
/** The agent ends by itself at its limit and says so; this is for one that does not. */
const WALL_GRACE_MS = 60_000;
/** Shims look for nothing but `du` and `ps`. */
const SHIM_PATH = "/usr/local/bin:/usr/bin:/bin";

export interface HostExecutor extends Executor {
  /** What of attempts a crash can leave behind beside files and processes, that of live ones included. */
  groups: { label: string; list(): Promise<string[]>; remove(name: string): Promise<void> };
  programs(names: readonly string[]): Promise<Set<string>>;
}

/**
 * Attempts on this server's disk. Each has a shim, which starts its sandbox and survives the server; all state is in the attempt's folder.
 * What a sandbox is made of is the `machine`'s business.
 */
export function createHostExecutor(options: HostExecutorOptions, { kind, leftovers, machine }: HostKind): HostExecutor {
  const attemptsDir = join(options.dataDir, "attempts");
  const aliveFile = join(options.dataDir, "server.alive");
  const shims = createShimStarter(options.shimCommand, { PATH: SHIM_PATH });
  const trees = createAttemptTrees(attemptsDir, machine);
  const ready = mkdir(attemptsDir, { recursive: true, mode: 0o700 }).then(async () => {
    await beat(aliveFile);
    setInterval(() => void beat(aliveFile).catch(() => undefined), HEARTBEAT_MS).unref();
  });
  // Whoever needs it first gets the error; nobody may need it for a while.
  ready.catch(() => undefined);

  const reference = (name: string): ExecutorRef => ({ executor: kind, name, data: {} });

  async function launchOf(files: AttemptFiles, spec: AttemptSpec | SetupSpec): Promise<Launch> {
    const on = await machine();
    const uid = await trees.owner(files);
    const isAgent = "task" in spec;
    const bare = isAgent
      ? agentProgram(on, files, spec, options)
      : await setupProgram(on, files, spec, { uid, bundle: options.setupBundle });
    const program = { ...bare, uid, env: { ...bare.env, ...(isAgent ? { AIDEATOR_TOKEN: spec.token } : {}) } };
    const minutes = (isAgent ? spec.task.limits.minutes : spec.setup.minutes) ?? 30;
    return {
      ...(await on.launch(spec.name, files, program)),
      limits: { ...on.limits, wallMs: minutes * 60_000 + WALL_GRACE_MS },
      diskFolders: [files.tree, files.home, files.temporary, files.snapshots],
      aliveFile,
      orphanLimitMs: ORPHAN_LIMIT_MS,
    };
  }

  async function adopt(name: string): Promise<ExecutorRef | undefined> {
    const record = await readRecord(attemptFiles(attemptsDir, name).shim, shimRecordSchema);
    return record === undefined ? undefined : reference(name);
  }

  /** Resolves when nothing of the sandbox runs any more. */
  async function clear(name: string): Promise<void> {
    await endLeftovers(attemptFiles(attemptsDir, name));
    await (await machine()).empty(name);
  }

  return {
    kind,
    groups: {
      label: leftovers,
      list: async () => (await machine()).list(),
      async remove(name) {
        const on = await machine();
        await on.empty(name);
        await on.release(name);
      },
    },
    report: async () => (await machine()).report,
    async prepare(spec) {
      await ready;
      // One that has been launched is not needed again: prepared twice after a crash.
      if ((await adopt(spec.name)) === undefined) shims.boot(attemptFiles(attemptsDir, spec.name));
      await trees.prepare(spec);
    },
    async start(spec) {
      const known = await adopt(spec.name);
      if (known !== undefined) return known;
      const files = attemptFiles(attemptsDir, spec.name);
      await writeRecord(files.launch, await launchOf(files, spec));
      await shims.launch(files);
      return reference(spec.name);
    },
    adopt,
    async alive({ name }) {
      const files = attemptFiles(attemptsDir, name);
      const record = await readRecord(files.shim, shimRecordSchema);
      // Looked at in this order: a shim writes its last word before it goes.
      return (record !== undefined && isAlive(record.shim)) || (await readRecord(files.exit, exitRecordSchema)) !== undefined;
    },
    async *attach(ref, { fromLine, signal: aborted }): AsyncIterable<AttachItem> {
      const files = attemptFiles(attemptsDir, ref.name);
      const record = await readRecord(files.shim, shimRecordSchema);
      if (record === undefined) {
        const message = "Nothing is left of this agent's sandbox.";
        return yield { type: "exit", exit: { kind: "failed", failure: { code: "lost", message, remedy: "Run again." } } };
      }
      for await (const item of followSpool(files, record.shim, { fromLine, signal: aborted })) {
        // Whoever reads of an end may rely on it.
        if (item.type === "exit") await clear(ref.name);
        yield item;
      }
    },
    async stop(ref) {
      await stop(attemptFiles(attemptsDir, ref.name));
      await clear(ref.name);
    },
    collect: trees.collect,
    keep: trees.keep,
    async reports(spec) {
      const { temporary } = attemptFiles(attemptsDir, spec.name);
      return spec.setup.reports === undefined ? new Map() : readReports(join(temporary, spec.setup.reports.replace(/^\/tmp\//, "")));
    },
    programs: async (names) => (await machine()).programs(names),
    async cleanup(name) {
      const files = attemptFiles(attemptsDir, name);
      shims.dismiss(files);
      await stop(files);
      await clear(name);
      await trees.remove(files);
      await (await machine()).release(name);
    },
  };
}

/** How the agent is started inside, or bare where nothing isolates. */
function agentProgram(
  machine: Machine,
  files: AttemptFiles,
  spec: AttemptSpec,
  options: HostExecutorOptions,
): Omit<ConfinedProgram, "uid"> {
  const inside = machine.isolated
    ? { agent: "/opt/aideator/agent.mjs", task: "/run/aideator/task", gateway: "/run/aideator/gateway", home: "/home/agent", tmp: "/tmp" }
    : {
        agent: options.agentBundle,
        task: files.config,
        gateway: dirname(options.gatewaySocket),
        home: files.home,
        tmp: files.temporary,
      };
  const cwd = machine.isolated ? "/workspace" : files.tree;
  const socketName = options.gatewaySocket.slice(dirname(options.gatewaySocket).length + 1);
  return {
    argv: [machine.node, inside.agent],
    cwd,
    env: {
      PATH: machine.path,
      HOME: inside.home,
      TMPDIR: inside.tmp,
      USER: "agent",
      SHELL: "/bin/bash",
      LANG: "C.UTF-8",
      TERM: "dumb",
      CI: "1",
      AIDEATOR_TASK: join(inside.task, "task.json"),
      AIDEATOR_ENVIRONMENT: join(inside.task, "environment.json"),
      AIDEATOR_GATEWAY: `unix:${join(inside.gateway, socketName)}`,
    },
    mounts: [
      { from: files.tree, to: "/workspace", writable: true },
      { from: files.home, to: "/home/agent", writable: true },
      { from: files.temporary, to: "/tmp", writable: true },
      { from: spec.mirrorPath, to: "/mirror", writable: false },
      { from: options.agentBundle, to: "/opt/aideator/agent.mjs", writable: false },
      { from: files.config, to: inside.task, writable: false },
      { from: dirname(options.gatewaySocket), to: inside.gateway, writable: false },
      { from: join(files.config, "passwd"), to: "/etc/passwd", writable: false },
      { from: join(files.config, "group"), to: "/etc/group", writable: false },
      { from: join(files.config, "hosts"), to: "/etc/hosts", writable: false },
    ],
  };
}

/** Asks the shim, and goes on without it when it does not answer. */
async function stop(files: AttemptFiles): Promise<void> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  const record = await readRecord(files.shim, shimRecordSchema);
  if (record === undefined) return;
  signal(record.shim, "SIGTERM");
  while (isAlive(record.shim) && performance.now() < deadline) {
    if ((await readRecord(files.exit, exitRecordSchema)) !== undefined) break;
    await pause(10);
  }
  signal(record.shim, "SIGKILL");
}

async function beat(path: string): Promise<void> {
  const file = await open(path, "a");
  await file.close();
  const now = new Date();
  await utimes(path, now, now);
}
