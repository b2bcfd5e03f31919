import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSpoolLines } from "../local/spool-writer";
import type { PodConfig } from "./job-spec";
import { createPodGateway } from "./pod-gateway";
import { markLine } from "./pod-lines";
import { createPodTree, ownLines, podFolders } from "./pod-tree";

/**
 * The program of an attempt's container: fetches the base, starts the agent, numbers what it prints, uploads its tree when the server asks and
 * once more at the end. It ends with the agent's exit code. A SIGTERM (a stop, an eviction, a drained node) ends the agent at once; the
 * pod's grace is for its tree.
 */
const TERMINATION_LOG = "/dev/termination-log";
/** No server for so long, and the agent works for nobody. */
const ORPHAN_LIMIT_MS = 15 * 60_000;
/** After a SIGTERM: less than the grace of the pod. */
const LAST_WORDS_MS = 20_000;
const PIPE_GRACE_MS = 1_000;

const folders = podFolders(process.cwd());
const { task, environment, baseCommit, startCommit, token } = JSON.parse(
  readFileSync(join(process.env.AIDEATOR_POD ?? "", "config.json"), "utf8"),
) as PodConfig;
let ending = false;
const gateway = createPodGateway(process.env.AIDEATOR_GATEWAY ?? "", token, () => (ending ? LAST_WORDS_MS : 10 * 60_000));
const tree = createPodTree(folders, { baseCommit, startCommit }, gateway, process.env.PATH ?? "");
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

function upload(options: { final: boolean; have?: string; order?: string }): Promise<void> {
  const taken = taking.then(async () => gateway.sendTree({ ...options, ...(await tree.take(options)) }));
  taking = taken.catch(() => undefined);
  return taken;
}

async function obey(): Promise<void> {
  while (!ending) {
    const order = await gateway.order().catch(() => undefined);
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
  await tree.make();
  const images = await Promise.all(
    (task.images ?? []).map(async ({ mediaType }, at) => {
      const path = join(folders.images, String(at));
      await gateway.download(`images/${at}`, path);
      return { path, mediaType };
    }),
  );
  const inside = { ...task, workspace: folders.tree, ...(images.length === 0 ? {} : { images }) };
  writeFileSync(join(folders.config, "task.json"), JSON.stringify(inside));
  writeFileSync(join(folders.config, "environment.json"), JSON.stringify(environment), { mode: 0o600 });
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

/** Resolves to the code that the container ends with: the agent's own, or 128 and its signal. */
function runAgent(): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("agent.mjs", import.meta.url))], {
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
      AIDEATOR_GATEWAY: process.env.AIDEATOR_GATEWAY,
      AIDEATOR_TOKEN: token,
      // Of the image, for a gateway behind TLS of one's own.
      ...(process.env.NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS }),
    } as unknown as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  agent = child;
  sacrifice(child.pid);
  if (ending) endAgent();
  for (const stream of ["stdout", "stderr"] as const) child[stream].on("data", (chunk: Buffer) => print(spool.push(stream, chunk)));
  return new Promise((resolve) => {
    child.once("error", (error) => {
      fail("prepare_failed", "The agent could not be started.", error.message);
      resolve(1);
    });
    child.once("exit", (code, signal) => {
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
  await upload({ final: true }).catch((error: unknown) => {
    const message = `The last tree could not be uploaded (${error instanceof Error ? error.message.slice(0, 300) : String(error)}).`;
    print([JSON.stringify({ type: "warning.raised", message })]);
  });
  await gateway.sendEnd({ code, lines: printed }, folders.lines).catch(() => undefined);
  try {
    writeFileSync(process.env.AIDEATOR_TERMINATION_LOG ?? TERMINATION_LOG, JSON.stringify({ lines: printed }));
  } catch {
    // Then the log itself has to do.
  }
  process.exit(code);
}

let asked = false;
process.on("SIGTERM", () => {
  asked = true;
  endAgent();
});
process.on("SIGINT", () => undefined);

writeFileSync(folders.lines, "");
try {
  await prepare();
} catch (error) {
  fail("prepare_failed", "The tree could not be made in the pod.", error instanceof Error ? error.message : String(error));
  process.exit(1);
}
void obey();
const code = await runAgent();
// Whoever asked for the end counts, not how it was done.
await conclude(asked ? 128 + constants.signals.SIGTERM : code);
