// What every script here shares: the root, running a program, and one line per step.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** A step that failed in a way that a person can act on: only its message is shown. */
export class StepError extends Error {}

/** Runs `work` and prints one line with its duration. What `work` returns (a word or two) stands behind the title. */
export async function step(title, work) {
  const start = performance.now();
  try {
    const note = await work();
    print("✓", title, start, note);
  } catch (error) {
    print("✗", title, start);
    throw error;
  }
}

/** A line below a step: advice, or what takes long. */
export function note(text) {
  process.stdout.write(`  · ${text}\n`);
}

/** `1m 24s`, `3.2 s`, `40 ms`. */
export function duration(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)}m ${Math.round((ms % 60_000) / 1_000)}s`;
}

/**
 * Runs a program without a shell, in the root unless `cwd` says otherwise. Its output is kept and only shown by who asks for it, except
 * with `show`. Resolves to the exit code (127 where the program is missing) and the output.
 */
export function run(command, args, { cwd = root, env = {}, show = false, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const stdio = show ? "inherit" : ["ignore", "pipe", "pipe"];
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio, timeout: timeoutMs });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.once("error", (error) => resolve({ code: 127, output: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Like `run`, but a failure ends the step with the end of the program's output. */
export async function must(what, command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new StepError(`${what} failed (exit code ${code}).\n${output.trim().split("\n").slice(-40).join("\n")}`);
}

/** Ends a script: a `StepError` speaks for itself, anything else is a bug and shows its stack. */
export function fail(error) {
  process.stderr.write(`${error instanceof StepError ? error.message : error.stack}\n`);
  process.exit(1);
}

function print(mark, title, start, note = "") {
  process.stdout.write(`${mark} ${title.padEnd(16)} ${duration(performance.now() - start).padStart(8)}  ${note}`.trimEnd() + "\n");
}
