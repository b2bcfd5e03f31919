import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Console } from "./console";
import { type ExitCode, usageError } from "./exit-codes";
import { nearest } from "./nearest";

/** One option as `parseArgs` knows it, and what the help says of it. */
export interface OptionSpec {
  type: "string" | "boolean";
  short?: string;
  /** Placeholder of the value: `<ref>`. */
  value?: string;
  description: string;
}
export type OptionSpecs = Record<string, OptionSpec>;

type Values<T extends OptionSpecs> = { [K in keyof T]?: T[K]["type"] extends "boolean" ? boolean : string };

export interface Command {
  name: string;
  /** One line. */
  summary: string;
  /** After `aideator <name>`. */
  usage: string;
  /** Paragraphs below the options. */
  details?: string;
  options: OptionSpecs;
  /** Parses and runs; rejects with `CommandError`, or `ApiProblem`. */
  run(args: readonly string[], terminal: Console): Promise<ExitCode>;
}

/** Gives `run` its options with the types that they were declared with. `words`: how many words beside options it takes. */
export function defineCommand<const T extends OptionSpecs>(
  definition: Omit<Command, "run" | "options"> & {
    options: T;
    words: { least: number; most: number };
    run(input: { options: Values<T>; words: string[]; terminal: Console }): Promise<ExitCode>;
  },
): Command {
  const { name, summary, usage, details, options, words, run } = definition;
  return {
    name,
    summary,
    usage,
    details,
    options,
    run: (args, terminal) => {
      const parsed = parse(name, usage, { options, words }, args);
      return run({ options: parsed.options as Values<T>, words: parsed.words, terminal });
    },
  };
}

interface Parsed {
  options: Record<string, string | boolean>;
  words: string[];
}

/** Not parseArgs' strict mode: its sentences do not name the nearest option. */
function parse(
  name: string,
  usage: string,
  { options: specs, words: { least, most } }: { options: OptionSpecs; words: { least: number; most: number } },
  args: readonly string[],
): Parsed {
  const config = Object.fromEntries(Object.entries(specs).map(([option, { type, short }]) => [option, short ? { type, short } : { type }]));
  const parsed = parseArgs({
    args: [...args],
    options: config as ParseArgsConfig["options"],
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options: Parsed["options"] = {};
  for (const token of parsed.tokens) {
    if (token.kind !== "option") continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (spec === undefined) throw unknownOption(name, token.rawName, Object.keys(specs));
    options[token.name] = optionValue(token.name, spec, token);
  }
  const { positionals } = parsed;
  if (positionals.length > most)
    throw usageError(`${quoted(positionals[most] ?? "")} is one word too many. Usage: aideator ${name} ${usage}`);
  if (positionals.length < least) throw usageError(`Something is missing. Usage: aideator ${name} ${usage}`);
  return { options, words: positionals };
}

function optionValue(
  name: string,
  spec: OptionSpec,
  { value, inlineValue, rawName }: { value?: string; inlineValue?: boolean; rawName: string },
): string | boolean {
  if (spec.type === "boolean") {
    if (value !== undefined) throw usageError(`${rawName} takes no value: write it alone.`);
    return true;
  }
  if (value === undefined) throw usageError(`${rawName} needs a value: ${rawName} ${spec.value ?? "<value>"}.`);
  if (inlineValue !== true && value.length > 1 && value.startsWith("-")) {
    throw usageError(`${rawName} needs a value, and ${value} looks like an option. Write --${name}=${value} if it is meant.`);
  }
  // parseArgs takes what follows a single letter as it is, the sign with it.
  if (inlineValue === true && !rawName.startsWith("--") && value.startsWith("=")) {
    throw usageError(
      `${rawName}${value}: after a single letter there is no =. Write --${name}${value}, or ${rawName} and the value after a space.`,
    );
  }
  return value;
}

function unknownOption(name: string, rawName: string, known: readonly string[]): Error {
  const near = nearest(rawName.replace(/^-+/, ""), known);
  const advice = near === undefined ? `aideator ${name} --help lists what there is.` : `Did you mean --${near}?`;
  return usageError(`aideator ${name} knows no option ${rawName}. ${advice}`);
}

/** Text of a person, as it is shown in a sentence. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Of commands that talk to a server. */
export const serverOptions = {
  server: { type: "string", value: "<url>", description: "The server; AIDEATOR_URL, or the one that works on the data folder otherwise" },
  "data-dir": { type: "string", value: "<folder>", description: "The server's data folder, where it is found by it" },
} as const satisfies OptionSpecs;

export const jsonOption = { json: { type: "boolean", description: "JSON instead of text" } } as const satisfies OptionSpecs;
