import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { ExitRecord, Launch, ProcessIdentity } from "./attempt-files";
import { identify, signal } from "./process-identity";
import { createSpoolLines } from "./spool-writer";

/**
 * The process that owns one sandbox and outlives the server: `node shim.mjs <folder>`. It starts what `launch.json` says, keeps its output
 * in the spool, ends it when asked (SIGTERM), when its time is over or when no server comes back, and says in `exit.json` how it ended.
 */
const CHECK_MS = 5_000;
/** After the sandbox is gone its pipes may be held open by nobody: how long the last bytes are waited for. */
const PIPE_GRACE_MS = 1_000;

function main(folder: string): void {
  // Written by the executor of this very version, in a folder that nobody else may enter: a schema would only cost start-up time.
  const launch = JSON.parse(readFileSync(join(folder, "launch.json"), "utf8")) as Launch;
  const self = identify(process.pid);
  if (self === undefined) throw new Error("this process cannot be identified");
  // Exclusive: of two shims for one attempt the second ends here.
  writeFileSync(join(folder, "shim.json"), JSON.stringify({ shim: self }), { flag: "wx", mode: 0o600 });
  const spool = openSync(join(folder, "spool.jsonl"), "a", 0o600);
  const lines = createSpoolLines();
  const write = (batch: string[]): void => {
    if (batch.length > 0) writeSync(spool, `${batch.join("\n")}\n`);
  };

  const child = spawn(launch.argv[0] ?? "", launch.argv.slice(1), {
    cwd: launch.cwd,
    env: launch.env as NodeJS.ProcessEnv,
    // A group of its own: without a PID namespace that is what can be ended as a whole.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", launch.reportsInit ? "pipe" : "ignore"],
  });
  let init: ProcessIdentity | undefined;
  let cause: ExitRecord["cause"] = "ended";

  function learnInit(pid: number): void {
    init = identify(pid);
    if (init === undefined) return;
    replace(join(folder, "shim.json"), { shim: self, init });
    if (cause !== "ended") endSandbox();
  }

  function endSandbox(): void {
    // The init of the namespace takes everything with it, daemons included; killing its parent would leave them.
    if (init !== undefined) signal(init, "SIGKILL");
    if (!launch.reportsInit || init === undefined) killGroup(child);
  }

  function end(why: ExitRecord["cause"]): void {
    if (cause === "ended") cause = why;
    endSandbox();
  }

  function conclude(record: Omit<ExitRecord, "cause">, why = cause): void {
    write(lines.end());
    fsyncSync(spool);
    closeSync(spool);
    replace(join(folder, "exit.json"), { ...record, cause: why });
    process.exit(0);
  }

  child.stdout?.on("data", (chunk: Buffer) => write(lines.push("stdout", chunk)));
  child.stderr?.on("data", (chunk: Buffer) => write(lines.push("stderr", chunk)));
  if (launch.reportsInit) followStatus(child, learnInit);
  else if (child.pid !== undefined) learnInit(child.pid);
  child.once("error", (error) => conclude({ code: null, signal: null, detail: error.message }, "spawn_failed"));
  child.once("exit", (code, signalName) => {
    const finish = (): void => conclude({ code, signal: signalName });
    child.once("close", finish);
    setTimeout(finish, PIPE_GRACE_MS);
  });

  process.on("SIGTERM", () => end("stopped"));
  // A terminal's Ctrl-C and hang-up are meant for the server.
  process.on("SIGINT", () => undefined);
  process.on("SIGHUP", () => undefined);
  watchLimits(launch, end);
}

function watchLimits(launch: Launch, end: (why: "wall_limit" | "no_server") => void): void {
  const start = performance.now();
  setTimeout(() => end("wall_limit"), launch.wallLimitMs);
  let silentSince = start;
  let lastRenewal = renewal(launch.aliveFile);
  setInterval(() => {
    // Compared with what it was, not with the clock: the clock may jump.
    const renewed = renewal(launch.aliveFile);
    if (renewed !== lastRenewal) {
      lastRenewal = renewed;
      silentSince = performance.now();
    }
    if (performance.now() - silentSince > launch.orphanLimitMs) end("no_server");
  }, CHECK_MS);
}

function renewal(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

/** bwrap's `--json-status-fd`: one JSON object per line, the first with `child-pid`. */
function followStatus(child: ChildProcess, learnInit: (pid: number) => void): void {
  let text = "";
  const status = child.stdio[3];
  if (!(status instanceof Readable)) return;
  status.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1];
    if (pid === undefined) return;
    status.removeAllListeners("data");
    status.resume();
    learnInit(Number(pid));
  });
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

main(process.argv[2] ?? "");
