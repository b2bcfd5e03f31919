import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { ExitCause, ExitRecord, Launch, ProcessIdentity } from "./attempt-files";
import { identify, signal } from "./process-identity";
import { openSpoolFile } from "./spool-file";
import { createSpoolLines } from "./spool-writer";
import { followStatus, type SandboxStatus } from "./status-channel";
import { watchLimits } from "./watch-limits";

/**
 * The process that owns one sandbox and outlives the server: `node shim.mjs <folder>`. It starts what `launch.json` says, keeps its output
 * in the spool, ends it when asked (SIGTERM), when its time is over or when no server comes back, and says in `exit.json` how it ended.
 */
/** After the sandbox is gone its pipes may be held open by nobody: how long the last bytes are waited for. */
const PIPE_GRACE_MS = 1_000;
/** Who is to end a sandbox that is no child of it and does not within this time is ended itself. */
const ASKED_GRACE_MS = 1_200;

function main(folder: string): void {
  // Written by the executor of this very version, in a folder that nobody else may enter: a schema would only cost start-up time.
  const launch = JSON.parse(readFileSync(join(folder, "launch.json"), "utf8")) as Launch;
  const self = identify(process.pid);
  if (self === undefined) throw new Error("this process cannot be identified");
  // Exclusive: of two shims for one attempt the second ends here.
  writeFileSync(join(folder, "shim.json"), JSON.stringify({ shim: self }), { flag: "wx", mode: 0o600 });
  const lines = createSpoolLines();
  const spool = openSpoolFile(join(folder, "spool.jsonl"), {
    held: () => outputs().forEach((output) => output.pause()),
    released: () => outputs().forEach((output) => output.resume()),
    gaveUp: () => end("disk_limit"),
  });

  const filter = launch.seccompFile === undefined ? [] : [openSync(launch.seccompFile, "r")];
  const child = spawn(launch.argv[0] ?? "", launch.argv.slice(1), {
    cwd: launch.cwd,
    env: launch.env as NodeJS.ProcessEnv,
    // A group of its own: without a PID namespace that is what can be ended as a whole.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", launch.reportsStatus ? "pipe" : "ignore", ...filter],
  });
  for (const descriptor of filter) closeSync(descriptor);
  const outputs = (): Readable[] => [child.stdout, child.stderr].filter((output) => output !== null);
  let lastOutput = performance.now();
  let init: ProcessIdentity | undefined;
  let said: SandboxStatus = launch;
  const limits = watchLimits({
    launch,
    init: () => init?.pid,
    counters: () => said,
    lastOutput: () => lastOutput,
    warn: (message) => spool.write([JSON.stringify({ type: "warning.raised", message })]),
    end,
  });
  let cause: ExitRecord["cause"] = "ended";

  function learnInit(pid: number): void {
    init = identify(pid);
    if (init === undefined) return;
    replace(join(folder, "shim.json"), { shim: self, init });
    if (cause !== "ended") endSandbox();
  }

  function learn(status: SandboxStatus): void {
    said = { ...said, ...status };
    if (status["child-pid"] !== undefined && init === undefined) learnInit(status["child-pid"]);
  }

  function endSandbox(): void {
    // The init of the namespace takes everything with it, daemons included; killing its parent would leave them.
    if (init !== undefined) signal(init, "SIGKILL");
    if (launch.endsWhenAsked) {
      child.kill("SIGTERM");
      setTimeout(() => killGroup(child), ASKED_GRACE_MS);
    } else if (!launch.reportsStatus || init === undefined) killGroup(child);
  }

  function end(why: ExitCause): void {
    if (cause === "ended") cause = why;
    endSandbox();
  }

  function conclude(record: Omit<ExitRecord, "cause">, why = cause): void {
    spool.write(lines.end());
    spool.close();
    replace(join(folder, "exit.json"), { ...record, cause: why });
    process.exit(0);
  }

  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.on("data", (chunk: Buffer) => {
      lastOutput = performance.now();
      spool.write(lines.push(stream, chunk));
    });
  }
  const status = child.stdio[3];
  if (launch.reportsStatus && status instanceof Readable) followStatus(status, learn);
  else if (child.pid !== undefined) learnInit(child.pid);
  child.once("error", (error) => conclude({ code: null, signal: null, detail: error.message }, "spawn_failed"));
  child.once("exit", (code, signalName) => {
    const signalNumber = signalName === null ? (code ?? 0) - 128 : constants.signals[signalName];
    if (cause === "ended" && signalNumber > 0) cause = limits.causeOf(signalNumber) ?? cause;
    const finish = (): void => {
      // By now all that was said of it has come.
      if (cause === "ended" && said.failed !== undefined) return conclude({ code: null, signal: null, ...said.failed }, "spawn_failed");
      conclude({ code, signal: signalName }, cause === "ended" && said.outOfMemory === true ? "memory_limit" : cause);
    };
    child.once("close", finish);
    // While the disk is full the last words wait in the pipe.
    setInterval(() => !spool.held() && finish(), PIPE_GRACE_MS);
  });

  process.on("SIGTERM", () => end("stopped"));
  // A terminal's Ctrl-C and hang-up are meant for the server.
  process.on("SIGINT", () => undefined);
  process.on("SIGHUP", () => undefined);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

function replace(path: string, value: unknown): void {
  writeFileSync(`${path}.half`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${path}.half`, path);
}

// Booted while the tree is still being made: waits for the word. Whoever ends without saying it needs no shim.
if (readFileSync(0, "latin1") !== "") main(process.argv[2] ?? "");
