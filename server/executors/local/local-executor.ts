import { mkdir, open, utimes, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { AttachItem, AttemptSpec, Executor, ExecutorRef, SetupSpec } from "../executor";
import {
  type AttemptFiles,
  attemptFiles,
  exitRecordSchema,
  type Launch,
  readRecord,
  type SandboxLimits,
  shimRecordSchema,
  writeRecord,
} from "./attempt-files";
import { createAttemptTrees } from "./attempt-trees";
import { endLeftovers } from "./end-leftovers";
import { findProgram } from "./find-program";
import { followSpool } from "./follow-spool";
import { probeMachine } from "./probe-machine";
import { isAlive, signal } from "./process-identity";
import { readReports } from "./read-reports";
import type { Sandbox } from "./sandbox";
import { setupProgram } from "./setup-program";
import { createShimStarter } from "./shim-starter";

export interface LocalExecutorOptions {
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
  /** The person accepts that commands run without any sandbox. */
  allowUnsandboxed: boolean;
  /** Finds out what this machine offers; tests say what it is. */
  probe?: () => Promise<Sandbox>;
  limits?: Partial<SandboxLimits>;
}

/** A stop that the shim does not answer within this time is done without it. */
const STOP_TIMEOUT_MS = 1_500;
const HEARTBEAT_MS = 20_000;
/** How long a sandbox works on without a server (docs/decisions/003). */
const ORPHAN_LIMIT_MS = 15 * 60_000;
/** The agent ends by itself at its limit and says so; this is for one that does not. */
const WALL_GRACE_MS = 60_000;

export interface LocalExecutor extends Executor {
  /** Control groups of attempts, live ones among them: what a crash can leave behind beside files and processes. */
  groups: { label: string; list(): Promise<string[]>; remove(name: string): Promise<void> };
}

/** Sandboxed processes on this machine. Each attempt has a shim, which survives the server; all state is in the attempt's folder. */
export function createLocalExecutor(options: LocalExecutorOptions): LocalExecutor {
  const attemptsDir = join(options.dataDir, "attempts");
  const aliveFile = join(options.dataDir, "server.alive");
  const seccompFile = join(options.dataDir, "seccomp.bpf");
  const ready = probeMachine(options.dataDir, options.limits, options.probe).then(async (machine) => {
    const { sandbox } = machine;
    await mkdir(attemptsDir, { recursive: true, mode: 0o700 });
    if (sandbox.seccomp !== undefined) await writeFile(seccompFile, sandbox.seccomp);
    await beat(aliveFile);
    setInterval(() => void beat(aliveFile).catch(() => undefined), HEARTBEAT_MS).unref();
    const shims = createShimStarter(options.shimCommand, { PATH: sandbox.path });
    return { ...machine, trees: createAttemptTrees(attemptsDir, sandbox), shims };
  });
  // Whoever needs it first gets the error; nobody may need it for a while.
  ready.catch(() => undefined);

  const reference = (name: string): ExecutorRef => ({ executor: "local", name, data: {} });

  async function launchOf(files: AttemptFiles, spec: AttemptSpec | SetupSpec): Promise<Launch> {
    const { sandbox, resources, trees } = await ready;
    const uid = await trees.owner(files);
    const isAgent = "task" in spec;
    const program = isAgent
      ? agentProgram(sandbox, files, spec, options)
      : await setupProgram(sandbox, files, spec, { uid, bundle: options.setupBundle });
    const env: Record<string, string> = { ...program.env, ...(isAgent ? { AIDEATOR_TOKEN: spec.token } : {}) };
    const filtered = sandbox.seccomp !== undefined;
    const inside = sandbox.wrap({ ...program, env, uid, statusFd: 3, seccompFd: filtered ? 4 : undefined });
    const confined = await resources.confine(spec.name, inside);
    const minutes = (isAgent ? spec.task.limits.minutes : spec.setup.minutes) ?? 30;
    return {
      ...confined,
      // bubblewrap clears the environment and sets what is in its arguments; bare programs get it directly.
      env: sandbox.isolated ? { PATH: sandbox.path } : env,
      cwd: sandbox.isolated ? "/" : program.cwd,
      reportsInit: sandbox.isolated,
      limits: { ...resources.limits, wallMs: minutes * 60_000 + WALL_GRACE_MS },
      seccompFile: filtered ? seccompFile : undefined,
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
    await (await ready).resources.empty(name);
  }

  return {
    kind: "local",
    groups: {
      label: "control group",
      list: async () => (await ready).resources.groups(),
      async remove(name) {
        const { resources } = await ready;
        await resources.empty(name);
        await resources.release(name);
      },
    },
    async report() {
      const { report } = await ready;
      if (report.isolated || !options.allowUnsandboxed) return report;
      return { ...report, summary: `${report.summary}, commands allowed by AIDEATOR_ALLOW_UNSANDBOXED` };
    },
    async prepare(spec) {
      const { trees, shims } = await ready;
      // One that has been launched is not needed again: prepared twice after a crash.
      if ((await adopt(spec.name)) === undefined) shims.boot(attemptFiles(attemptsDir, spec.name));
      await trees.prepare(spec);
    },
    async start(spec) {
      const known = await adopt(spec.name);
      if (known !== undefined) return known;
      const files = attemptFiles(attemptsDir, spec.name);
      await writeRecord(files.launch, await launchOf(files, spec));
      await (await ready).shims.launch(files);
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
    async collect(spec, options) {
      return (await ready).trees.collect(spec, options);
    },
    async keep(spec, folder) {
      return (await ready).trees.keep(spec, folder);
    },
    async reports(spec) {
      await ready;
      const { temporary } = attemptFiles(attemptsDir, spec.name);
      return spec.setup.reports === undefined ? new Map() : readReports(join(temporary, spec.setup.reports.replace(/^\/tmp\//, "")));
    },
    async programs(names) {
      const { sandbox } = await ready;
      // The sandbox's own search path: a program elsewhere is not seen inside.
      const found = await Promise.all(names.map((name) => findProgram(name, sandbox.path.split(delimiter))));
      return new Set(names.filter((_, at) => found[at] !== undefined));
    },
    async cleanup(name) {
      const files = attemptFiles(attemptsDir, name);
      const { trees, resources, shims } = await ready;
      shims.dismiss(files);
      await stop(files);
      await clear(name);
      await trees.remove(files);
      await resources.release(name);
    },
  };
}

/** How the agent is started inside, or bare where nothing isolates. */
function agentProgram(sandbox: Sandbox, files: AttemptFiles, spec: AttemptSpec, options: LocalExecutorOptions) {
  const inside = sandbox.isolated
    ? { agent: "/opt/aideator/agent.mjs", task: "/run/aideator/task", gateway: "/run/aideator/gateway", home: "/home/agent", tmp: "/tmp" }
    : {
        agent: options.agentBundle,
        task: files.config,
        gateway: dirname(options.gatewaySocket),
        home: files.home,
        tmp: files.temporary,
      };
  const cwd = sandbox.isolated ? "/workspace" : files.tree;
  const socketName = options.gatewaySocket.slice(dirname(options.gatewaySocket).length + 1);
  return {
    argv: [sandbox.node, inside.agent],
    cwd,
    env: {
      PATH: sandbox.path,
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
