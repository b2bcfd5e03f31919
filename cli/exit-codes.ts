/** What the program ends with (docs/cli.md). */
export const exitCodes = {
  /** Done; of a run: it completed. */
  ok: 0,
  /** The run failed or was stopped by somebody else; something on this machine failed. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** No server answers. */
  noServer: 3,
  /** The server refused. */
  refused: 4,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends the program with a message and no stack. */
export class CommandError extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
    this.name = "CommandError";
  }
}

/** The command line is wrong: `message` names the part and what is right. */
export function usageError(message: string): CommandError {
  return new CommandError(exitCodes.usage, message);
}
