import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Everything that a command has of the world around it. */
export interface Console {
  /** Absolute. */
  cwd: string;
  /** Where the program's own files lie. */
  root: string;
  env: NodeJS.ProcessEnv;
  /** How the person called the program, for commands to type next. */
  name: string;
  out(text: string): void;
  err(text: string): void;
  /** True where lines can be redrawn. */
  live: boolean;
  colour: boolean;
  /** Of the terminal; asked at each drawing. */
  columns(): number;
  rows(): number;
}

/** This process' own. `NO_COLOR` (https://no-color.org): any value but the empty one. */
export function processConsole(root: string): Console {
  const { env, stdout } = process;
  const plain = env.NO_COLOR !== undefined && env.NO_COLOR !== "";
  return {
    cwd: process.cwd(),
    root,
    env,
    name: env.npm_command === "exec" ? "npx aideator" : "aideator",
    out: (text) => void stdout.write(text),
    err: (text) => void process.stderr.write(text),
    live: stdout.isTTY && env.TERM !== "dumb",
    colour: stdout.isTTY && !plain && stdout.hasColors(),
    columns: () => stdout.columns || 80,
    rows: () => stdout.rows || 24,
  };
}

/** git's stdout without the last newline, or undefined when it ended with an error. */
export async function gitText(cwd: string, ...args: string[]): Promise<string | undefined> {
  const answer = await execute("git", args, { cwd, maxBuffer: 16 * 1024 * 1024 }).catch(() => undefined);
  return answer?.stdout.replace(/\n$/, "");
}
