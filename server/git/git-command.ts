import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Everything a call may need beyond its arguments. */
export interface GitOptions {
  cwd?: string;
  /** `--git-dir`; named exactly, so that nothing is discovered. */
  gitDir?: string;
  stdin?: string | NodeJS.ReadableStream;
  env?: Record<string, string>;
  /** Extra `-c` settings, `key=value`. */
  config?: string[];
  /** A repository of another owner that this call may open; everything else git refuses to touch. */
  trusted?: string;
  /** Exit codes beside 0 that are an answer, not an error. */
  allowCodes?: number[];
  timeoutMs?: number;
  /** Output beyond this ends the call with an error. */
  maxBytes?: number;
  /** Another user of this machine, whose git it is; only root can ask for one. */
  user?: { uid: number; gid: number };
}

export interface GitOutput {
  stdout: Buffer;
  stderr: string;
  code: number;
}

/** git ended with an error: its arguments hold no secret, since addresses with credentials are refused before. */
export class GitError extends Error {
  constructor(
    readonly args: readonly string[],
    readonly code: number | null,
    readonly stderr: string,
    reason: string,
  ) {
    super(`git ${args[0] ?? ""}: ${reason}${stderr === "" ? "" : `: ${lastLine(stderr)}`}`);
    this.name = "GitError";
  }
}

const DEFAULT_TIMEOUT_MS = 10 * 60_000;
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const STDERR_BYTES = 16_384;

/**
 * git runs programs that a repository names: all of that is off. No hooks, no fsmonitor, no external diff or credential helpers, no
 * submodule recursion, only known protocols.
 */
const hardening = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.askPass=",
  "core.attributesFile=/dev/null",
  "core.quotePath=false",
  "credential.helper=",
  "diff.external=",
  "gc.auto=0",
  "maintenance.auto=false",
  "protocol.ext.allow=never",
  "submodule.recurse=false",
  "fetch.recurseSubmodules=false",
  "advice.detachedHead=false",
  "init.defaultBranch=main",
];

/** A git whose output is read as it comes: it waits when nobody reads. */
export interface GitStream {
  stdin: Writable;
  stdout: Readable;
  /** Resolves once the process and its output have ended; `code` is null after a signal or when it could not be started. Never rejects. */
  ended: Promise<{ code: number | null; stderr: string }>;
  /** Ends it and every process that it started, at once. */
  kill(): void;
}

export interface Git {
  /** Runs git with these arguments. Rejects with `GitError`. */
  run(args: string[], options?: GitOptions): Promise<GitOutput>;
  /** Starts git and gives its pipes. It is killed after `timeoutMs`. */
  stream(args: string[], options?: Omit<GitOptions, "stdin" | "allowCodes" | "maxBytes">): GitStream;
  /** Its stdout as text, without the last newline. */
  text(args: string[], options?: GitOptions): Promise<string>;
  /** Its stdout while it comes; ends with a `GitError` when git does. Destroying the stream ends git. */
  output(args: string[], options?: GitOptions): Readable;
}

/**
 * The one place that starts git: arguments only, never a shell; an environment and a configuration of its own. `homeDir` is a folder that
 * holds nothing but that configuration.
 */
export function createGit(homeDir: string): Git {
  mkdirSync(homeDir, { recursive: true });
  const globalConfig = join(homeDir, "gitconfig");
  writeFileSync(globalConfig, "");
  const environment = {
    PATH: "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin",
    HOME: homeDir,
    LANG: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: globalConfig,
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "https:ssh",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_LITERAL_PATHSPECS: "1",
  };

  /** Arguments and environment of one call, hardened. */
  function prepare(args: string[], options: GitOptions): { argv: string[]; options: SpawnOptions } {
    const settings = [...hardening, ...(options.config ?? [])].flatMap((setting) => ["-c", setting]);
    const env = {
      ...environment,
      ...(options.trusted === undefined ? {} : { GIT_CONFIG_GLOBAL: trusting(homeDir, options.trusted) }),
      ...options.env,
    };
    const place = options.gitDir === undefined ? [] : [`--git-dir=${options.gitDir}`];
    return { argv: [...settings, ...place, ...args], options: { ...options, env } };
  }

  return gitOf(prepare);
}

/** A `Git` that starts what `prepare` makes of each call. */
export function gitOf(prepare: (args: string[], options: GitOptions) => { argv: string[]; options: SpawnOptions }): Git {
  async function run(args: string[], given: GitOptions = {}): Promise<GitOutput> {
    const { argv, options } = prepare(args, given);
    return spawnGit(argv, args, options);
  }
  return {
    run,
    stream(args, options = {}) {
      const { argv, options: whole } = prepare(args, options);
      const { cwd, env, user, timeoutMs = DEFAULT_TIMEOUT_MS } = whole;
      // A process group of its own: upload-pack starts pack-objects, and both have to go together.
      const child = spawn("git", argv, { cwd: cwd ?? env.HOME, env: env as NodeJS.ProcessEnv, detached: true, ...user });
      return streamOf(child, timeoutMs);
    },
    async text(args, options) {
      return (await run(args, options)).stdout.toString("utf8").replace(/\n$/, "");
    },
    output(args, given = {}) {
      const { argv, options } = prepare(args, given);
      return outputOf(argv, args, options);
    },
  };
}

/** A configuration that names one repository as safe: the server may run as root, and the user's own repositories belong to the user. */
function trusting(homeDir: string, repository: string): string {
  const file = join(homeDir, `gitconfig-${createHash("sha256").update(repository).digest("hex").slice(0, 16)}`);
  const quoted = (path: string): string => `"${path.replace(/["\\]/g, "\\$&")}"`;
  writeFileSync(file, `[safe]\n\tdirectory = ${quoted(repository)}\n\tdirectory = ${quoted(join(repository, ".git"))}\n`);
  return file;
}

/** A call with its whole environment. */
export type SpawnOptions = GitOptions & { env: Record<string, string> };

function startGit(argv: string[], { cwd, env, user, timeoutMs = DEFAULT_TIMEOUT_MS }: SpawnOptions): ChildProcessWithoutNullStreams {
  return spawn("git", argv, { cwd: cwd ?? env.HOME, env: env as NodeJS.ProcessEnv, timeout: timeoutMs, killSignal: "SIGKILL", ...user });
}

function outputOf(argv: string[], shown: string[], options: SpawnOptions): Readable {
  const child = startGit(argv, options);
  const output = new PassThrough();
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-STDERR_BYTES);
  });
  child.stdout.pipe(output, { end: false });
  child.on("error", (error) => output.destroy(new GitError(shown, null, "", `could not be started (${error.message})`)));
  child.on("close", (code, signal) => {
    if (code === 0) output.end();
    else output.destroy(new GitError(shown, code, stderr, signal === null ? `exit code ${code}` : `ended by ${signal}`));
  });
  output.on("close", () => child.kill("SIGKILL"));
  feed(child, options.stdin);
  return output;
}

/** A source that breaks ends git too: it would wait for the rest. */
function feed(child: ChildProcessWithoutNullStreams, stdin: GitOptions["stdin"], onBroken: (error: Error) => void = () => undefined): void {
  // git may end before it has read everything; its exit code says whether that matters.
  child.stdin.on("error", () => undefined);
  if (stdin === undefined || typeof stdin === "string") {
    child.stdin.end(stdin);
    return;
  }
  stdin.on("error", (error: Error) => {
    onBroken(error);
    child.kill("SIGKILL");
  });
  stdin.pipe(child.stdin);
}

function spawnGit(argv: string[], shown: string[], options: SpawnOptions): Promise<GitOutput> {
  const { stdin, allowCodes = [], timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES } = options;
  return new Promise((resolve, reject) => {
    const child = startGit(argv, options);
    const parts: Buffer[] = [];
    const decoder = new StringDecoder("utf8");
    let size = 0;
    let stderr = "";
    let tooLong = false;
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) parts.push(chunk);
      else {
        tooLong = true;
        child.kill("SIGKILL");
      }
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + decoder.write(chunk)).slice(-STDERR_BYTES);
    });
    child.on("error", (error) => reject(new GitError(shown, null, "", `could not be started (${error.message})`)));
    child.on("close", (code, signal) => {
      if (tooLong) return reject(new GitError(shown, code, "", `more than ${maxBytes} bytes of output`));
      if (code !== null && (code === 0 || allowCodes.includes(code))) return resolve({ stdout: Buffer.concat(parts), stderr, code });
      reject(
        new GitError(shown, code, stderr, signal === null ? `exit code ${code}` : `ended by ${signal}, after at most ${timeoutMs} ms`),
      );
    });
    feed(child, stdin, reject);
  });
}

function streamOf(child: ChildProcessWithoutNullStreams, timeoutMs: number): GitStream {
  let stderr = "";
  const decoder = new StringDecoder("utf8");
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + decoder.write(chunk)).slice(-STDERR_BYTES);
  });
  child.stdin.on("error", () => undefined);
  const kill = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It ended just now.
    }
  };
  const timer = setTimeout(kill, timeoutMs);
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on("error", (error) => resolve({ code: null, stderr: error.message }));
    child.on("close", (code) => resolve({ code, stderr }));
  }).finally(() => clearTimeout(timer));
  return { stdin: child.stdin, stdout: child.stdout, ended, kill };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
