import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { AgentTask } from "@/lib/protocol/agent-task";
import { createSpoolLines } from "../local/spool-writer";
import type { PodConfig } from "./pod-config";
import type { PodEnd } from "./pod-exchange";
import { createPodGateway } from "./pod-gateway";
import { markLine } from "./pod-lines";
import { createSetupInPod } from "./pod-setup";
import { createPodTree, ownLines, podFolders } from "./pod-tree";

/**
 * The program of a container: fetches what the work needs, starts the agent (or the command of a set-up or check), numbers what it prints, uploads
 * an agent's tree when the server asks and once more at the end, or what a set-up leaves. It ends with the program's exit code. A SIGTERM (a
 * stop, an eviction, a drained node) ends the program at once; the pod's grace is for its tree.
 */
const TERMINATION_LOG = "/dev/termination-log";
/** No server for so long, and the agent works for nobody. */
const ORPHAN_LIMIT_MS = 15 * 60_000;
/** After a SIGTERM: less than the grace of the pod. */
const LAST_WORDS_MS = 20_000;
const PIPE_GRACE_MS = 1_000;
const REFUSED_PAUSE_MS = 1_000;

/** As `timeout(1)` ends. */
const TIMED_OUT = 124;

const folders = podFolders(process.cwd());
const config = JSON.parse(readFileSync(join(process.env.AIDEATOR_POD ?? "", "config.json"), "utf8")) as PodConfig;
const { work, token } = config;
let ending = false;
/** The server, or whoever ends pods, wants the end. */
let asked = false;
let timedOut = false;
const gateway = createPodGateway(process.env.AIDEATOR_GATEWAY ?? "", token, () =>
  asked || (ending && work.kind === "agent") ? LAST_WORDS_MS : 10 * 60_000,
);
const tree = config.tree === undefined ? undefined : createPodTree(folders, config.tree, gateway, process.env.PATH ?? "");
const setup = work.kind === "setup" ? createSetupInPod(work, folders, gateway, tree) : undefined;
const spool = createSpoolLines();
let agent: ChildProcess | undefined;
let printed = 0;
/** Trees are taken one after the other. */
let taking: Promise<unknown> = Promise.resolve();

/** The log may be cut or rotated away; the copy beside it is not. */
function print(lines: string[]): void {
  for (const line of lines) {
    printed += 1;
    appendFileSync(folders.lines, `${line}\n`);
    write(`${markLine(printed, line)}\n`);
  }
}

/** Synchronous: what was said is out even if the container ends at the next instruction. A full pipe is waited for. */
function write(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** A word of the pod's own among the output. */
function note(text: string): void {
  print([JSON.stringify({ type: "log.line", stream: "stderr", text: `pod: ${text}` })]);
}

function fail(code: "prepare_failed" | "lost", message: string, detail: string): void {
  print([JSON.stringify({ type: "agent.failed", failure: { code, message, remedy: "Run again.", detail: detail.slice(0, 2_000) } })]);
}

function endAgent(): void {
  ending = true;
  if (agent?.pid === undefined) return;
  try {
    // As the first process of the container: everything else in it, daemons included. Elsewhere the agent's group.
    process.kill(process.pid === 1 ? -1 : -agent.pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

async function upload(options: { final: boolean; have?: string; order?: string }): Promise<void> {
  if (tree === undefined) return;
  const taken = taking.then(async () => gateway.sendTree({ ...options, ...(await tree.take(options)) }));
  taking = taken.catch(() => undefined);
  return taken;
}

/** Tokens of set-ups and checks end with the server that gave them: nobody waits for such a one any more. */
async function refused(): Promise<undefined> {
  if (work.kind === "setup") {
    asked = true;
    endAgent();
  }
  await pause(REFUSED_PAUSE_MS);
}

async function obey(): Promise<void> {
  while (!ending) {
    const order = await gateway.order().catch(refused);
    if (gateway.silence() > ORPHAN_LIMIT_MS) {
      fail("lost", "No server came back, so the agent was ended.", "");
      return endAgent();
    }
    if (order === undefined || ending) continue;
    if (order.kind === "lines") await gateway.sendLines(order.id, await ownLines(folders, order.from, order.to)).catch(() => undefined);
    // One that fails in mid-run is missed: the next takes everything again.
    else await upload({ final: false, have: order.have, order: order.id }).catch(() => undefined);
  }
}

async function prepare(): Promise<void> {
  for (const folder of [folders.tree, folders.home, folders.images, folders.config]) mkdirSync(folder, { recursive: true });
  const made = await tree?.make();
  if (made?.cut === true) note("this repository is large: only its newest commits are here, git log and git blame end there");
  const task = work.kind === "agent" ? await agentTask(work.task) : await setup?.prepare();
  writeFileSync(join(folders.config, "task.json"), JSON.stringify(task));
  writeFileSync(join(folders.config, "environment.json"), JSON.stringify(config.environment), { mode: 0o600 });
}

async function agentTask(task: AgentTask): Promise<AgentTask> {
  const images = await Promise.all(
    (task.images ?? []).map(async ({ mediaType }, at) => {
      const path = join(folders.images, String(at));
      await gateway.download(`images/${at}`, path);
      return { path, mediaType };
    }),
  );
  return { ...task, workspace: folders.tree, ...(images.length === 0 ? {} : { images }) };
}

/** Where the pod's memory ends, the kernel takes the agent and what it started first: this program has the tree to bring. proc(5), oom_score_adj. */
function sacrifice(pid: number | undefined): void {
  try {
    const own = Number(readFileSync("/proc/self/oom_score_adj", "utf8"));
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(Math.min(1_000, own + 500)));
  } catch {
    // Then the biggest is taken.
  }
}

/** Resolves to the code that the container ends with: the program's own, or 128 and its signal. */
function runProgram(): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(work.kind === "agent" ? "agent.mjs" : "setup.mjs", import.meta.url))], {
    cwd: folders.tree,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: folders.home,
      TMPDIR: process.env.TMPDIR ?? "/tmp",
      USER: "agent",
      SHELL: "/bin/bash",
      LANG: "C.UTF-8",
      TERM: "dumb",
      CI: "1",
      AIDEATOR_TASK: join(folders.config, "task.json"),
      AIDEATOR_ENVIRONMENT: join(folders.config, "environment.json"),
      ...(work.kind === "agent" ? { AIDEATOR_GATEWAY: process.env.AIDEATOR_GATEWAY, AIDEATOR_TOKEN: token } : {}),
      // Of the image, for a gateway behind TLS of one's own.
      ...(process.env.NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS }),
    } as unknown as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  agent = child;
  sacrifice(child.pid);
  if (ending) endAgent();
  const limit =
    work.kind === "agent"
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          endAgent();
        }, work.minutes * 60_000);
  for (const stream of ["stdout", "stderr"] as const) child[stream].on("data", (chunk: Buffer) => print(spool.push(stream, chunk)));
  return new Promise((resolve) => {
    child.once("error", (error) => {
      fail("prepare_failed", "The program could not be started.", error.message);
      resolve(1);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(limit);
      const done = (): void => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      child.once("close", done);
      // What it left in the background may hold its pipes open for ever.
      setTimeout(done, PIPE_GRACE_MS).unref();
    });
  });
}

async function conclude(code: number): Promise<never> {
  ending = true;
  endAgent();
  print(spool.end());
  // What was stopped or took too long has made nothing that anybody waits for.
  const bringing = setup === undefined ? upload({ final: true }) : asked || timedOut ? undefined : setup.bring(code);
  await bringing?.catch((error: unknown) => {
    const what = setup === undefined ? "The last tree" : "What the command left";
    const message = `${what} could not be uploaded (${error instanceof Error ? error.message.slice(0, 300) : String(error)}).`;
    print([JSON.stringify({ type: "warning.raised", message })]);
  });
  return lastWord(code, timedOut ? "timeout" : undefined);
}

async function lastWord(code: number, cause: PodEnd["cause"]): Promise<never> {
  const end = { code, lines: printed, ...(cause === undefined ? {} : { cause }) };
  await gateway.sendEnd(end, folders.lines).catch(() => undefined);
  try {
    writeFileSync(process.env.AIDEATOR_TERMINATION_LOG ?? TERMINATION_LOG, JSON.stringify(end));
  } catch {
    // Then the log itself has to do.
  }
  process.exit(code);
}

process.on("SIGTERM", () => {
  asked = true;
  endAgent();
});
process.on("SIGINT", () => undefined);

writeFileSync(folders.lines, "");
try {
  await prepare();
} catch (error) {
  const detail = error instanceof Error ? error.message : String(error);
  if (work.kind === "agent") {
    fail("prepare_failed", "The tree could not be made in the pod.", detail);
    process.exit(1);
  }
  note(`what the command needs could not be fetched: ${detail.slice(0, 2_000)}`);
  ending = true;
  await lastWord(1, "unprepared");
}
void obey();
const code = await runProgram();
// Whoever asked for the end counts, not how it was done.
await conclude(asked ? 128 + constants.signals.SIGTERM : timedOut ? TIMED_OUT : code);
