import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Command, defineCommand, type OptionSpecs } from "../command";
import type { Console } from "../console";
import type { ExitCode } from "../exit-codes";

/** The project's own scripts do these two; they read their options from `process.argv`. */
async function runScript(name: string, options: Record<string, string | boolean | undefined>, { root }: Console): Promise<ExitCode> {
  const given = Object.entries(options).flatMap(([option, value]) => {
    if (value === undefined) return [];
    return [value === true ? `--${option}` : `--${option}=${String(value)}`];
  });
  process.argv = [...process.argv.slice(0, 2), ...given];
  await import(pathToFileURL(join(root, "scripts", name)).href);
  return (process.exitCode ?? 0) as ExitCode;
}

const upOptions = {
  port: { type: "string", value: "<port>", description: "Port to listen on; PORT otherwise, or 3000" },
  host: { type: "string", value: "<address>", description: "Address to listen on; any but loopback needs AIDEATOR_ACCESS_TOKEN" },
  "data-dir": { type: "string", value: "<folder>", description: "Everything that is kept; AIDEATOR_DATA_DIR otherwise" },
} as const satisfies OptionSpecs;

export const up: Command = defineCommand({
  name: "up",
  summary: "Install what is missing, build what has changed, and serve",
  usage: "[--port <port>] [--host <address>] [--data-dir <folder>]",
  options: upOptions,
  words: { least: 0, most: 0 },
  run: ({ options, terminal }) => runScript("up.mjs", options, terminal),
});

export const doctor: Command = defineCommand({
  name: "doctor",
  summary: "Try out what this machine offers: git, sandbox, limits, disk, provider",
  usage: "[--json] [--offline]",
  options: {
    json: { type: "boolean", description: "JSON instead of text" },
    offline: { type: "boolean", description: "Ask nobody on the network" },
  },
  words: { least: 0, most: 0 },
  run: ({ options, terminal }) => runScript("doctor.mjs", options, terminal),
});
