import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

export interface ProgramResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

const OUTPUT_LIMIT = 4_000_000;

/**
 * Runs a short program to its end. Rejects when it cannot be started or runs too long; output beyond 4 MB is dropped. `stdin` is given
 * whole; `descriptors` are the program's from 3 on.
 */
export function runProgram(
  argv: string[],
  options: { cwd?: string; env: Record<string, string>; timeoutMs: number; stdin?: string; descriptors?: number[] },
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const [command = "", ...args] = argv;
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env as NodeJS.ProcessEnv,
      stdio: ["pipe", "pipe", "pipe", ...(options.descriptors ?? [])],
      // More than three descriptors hide from the types that the first three are pipes.
    }) as ChildProcessWithoutNullStreams;
    const result: ProgramResult = { code: null, stdout: "", stderr: "" };
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, options.timeoutMs);
    const take = (key: "stdout" | "stderr") => (chunk: Buffer) => {
      if (result[key].length < OUTPUT_LIMIT) result[key] += chunk.toString("utf8");
    };
    child.stdout.on("data", take("stdout"));
    child.stderr.on("data", take("stderr"));
    // A program that ends without reading its input is its own business.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin ?? "");
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      if (late) reject(new Error(`${command} took longer than ${options.timeoutMs / 1_000} s`));
      else resolve({ ...result, code });
    });
  });
}
