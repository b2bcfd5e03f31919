import { execFile } from "node:child_process";

const MAX_BYTES = 64 * 1024 * 1024;

export interface ProgramResult {
  code: number;
  stdout: string;
  stderr: string;
  /** There is no such program. */
  missing: boolean;
}

/** A program without a shell. Resolves to its output whatever its exit code is; output beyond `maxBytes` is cut. */
export function runProgram(program: string, args: string[], options: { cwd: string; maxBytes?: number }): Promise<ProgramResult> {
  const { cwd, maxBytes = MAX_BYTES } = options;
  return new Promise((resolve) => {
    execFile(program, args, { cwd, maxBuffer: maxBytes, encoding: "utf8" }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr, missing: error !== null && String(error.code) === "ENOENT" });
    });
  });
}
