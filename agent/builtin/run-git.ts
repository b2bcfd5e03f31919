import { execFile } from "node:child_process";

const MAX_BYTES = 64 * 1024 * 1024;

/** git in the agent's own tree, inside the sandbox. Resolves to its output whatever its exit code is. */
export function runGit(cwd: string, args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile("git", ["-c", "core.quotePath=false", ...args], { cwd, maxBuffer: MAX_BYTES, encoding: "utf8" }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}
