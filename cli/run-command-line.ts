import { ApiProblem } from "@/lib/client/api";
import packageJson from "../package.json" with { type: "json" };
import { type Command, quoted } from "./command";
import { allow } from "./commands/allow";
import { diff } from "./commands/diff";
import { exportRun } from "./commands/export";
import { land } from "./commands/land";
import { run } from "./commands/run";
import { list, retry, select, show, stop } from "./commands/runs";
import { doctor, up } from "./commands/up";
import type { Console } from "./console";
import { CommandError, type ExitCode, exitCodes, usageError } from "./exit-codes";
import { noServer } from "./find-server";
import { commandHelp, overview } from "./help";
import { nearest } from "./nearest";
import { problemText } from "./problem-text";

const commands: readonly Command[] = [up, run, list, show, diff, select, land, exportRun, stop, retry, allow, doctor];

/** `args` are the words after the program's name. Everything that goes wrong becomes a sentence on stderr and an exit code. */
export async function runCommandLine(args: readonly string[], terminal: Console): Promise<ExitCode> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    const failure = failureOf(error, terminal);
    if (failure === undefined) throw error;
    terminal.err(`aideator: ${failure.message}\n`);
    return failure.exitCode;
  }
}

async function dispatch([name, ...rest]: readonly string[], terminal: Console): Promise<ExitCode> {
  if (name === undefined) {
    terminal.err(overview(commands));
    return exitCodes.usage;
  }
  if (name === "--version" || name === "-v") return print(`${packageJson.version}\n`, terminal);
  if (name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) return print(overview(commands), terminal);
  const command = find(name === "help" ? (rest[0] ?? "") : name);
  // Behind -- everything is meant as it stands.
  const own = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  if (name === "help" || own.includes("--help") || own.includes("-h")) return print(commandHelp(command), terminal);
  return command.run(rest, terminal);
}

function print(text: string, terminal: Console): ExitCode {
  terminal.out(text);
  return exitCodes.ok;
}

function find(name: string): Command {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    commands.map((command) => command.name),
  );
  const what = name.startsWith("-") ? `There is no option ${name} here` : `There is no command ${quoted(name)}`;
  throw usageError(`${what}. ${near === undefined ? "aideator --help lists what there is." : `Did you mean ${near}?`}`);
}

function failureOf(error: unknown, terminal: Console): CommandError | undefined {
  if (error instanceof CommandError) return error;
  if (!(error instanceof ApiProblem)) return undefined;
  if (error.problem.status === 0) return noServer("The server does not answer.", terminal);
  if (error.isUnanswered) return noServer("What answers there is no AIdeator.", terminal);
  return new CommandError(exitCodes.refused, problemText(error.problem));
}
