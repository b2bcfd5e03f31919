import type { Command } from "./command";

const EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no server, 4 refused by the server, 130 interrupted (docs/cli.md).";

/** `aideator --help`. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Put one prompt to several coding agents at once, watch, compare, pick.

Usage: aideator <command> [options]

${lines.join("\n")}

A run is named by its id, the beginning of its id, or last: the newest one of the repository you stand in.
aideator <command> --help says more. ${EXIT_CODES}
`;
}

/** `aideator <command> --help`. */
export function commandHelp({ name, summary, usage, details, options }: Command): string {
  const rows = Object.entries(options).map(([option, { short, value, description }]) => {
    const names = `${short === undefined ? "    " : `-${short}, `}--${option}${value === undefined ? "" : ` ${value}`}`;
    return { names, description };
  });
  const width = Math.max(...rows.map(({ names }) => names.length));
  const lines = rows.map(({ names, description }) => `  ${names.padEnd(width)}  ${description}`);
  return `${summary}.\n\nUsage: aideator ${name} ${usage}\n\n${lines.join("\n")}\n${details === undefined ? "" : `\n${details}\n`}`;
}
