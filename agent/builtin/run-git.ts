import { type ProgramResult, runProgram } from "./run-program";

/** git in the agent's own tree, inside the sandbox. Resolves to its output whatever its exit code is. */
export function runGit(cwd: string, args: string[], maxBytes?: number): Promise<ProgramResult> {
  return runProgram("git", ["-c", "core.quotePath=false", ...args], { cwd, maxBytes });
}
