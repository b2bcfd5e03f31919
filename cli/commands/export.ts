import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { getBundle } from "@/lib/client/api";
import { type Command, defineCommand, serverOptions } from "../command";
import { CommandError, exitCodes } from "../exit-codes";
import { findServer } from "../find-server";
import { resolveRun } from "../run-reference";
import { inert } from "../terminal/text";

export const exportRun: Command = defineCommand({
  name: "export",
  summary: "Write a run into a file: what it was given, its log, a patch per variation",
  usage: "<run> [-o <file>]",
  details: "The file is a tar.gz with manifest.json, events.jsonl and patches for git am. A run that goes on is exported as far as it is.",
  options: {
    output: {
      type: "string",
      short: "o",
      value: "<file>",
      description: "Where to; aideator-<id>.tar.gz here otherwise; - is standard output",
    },
    ...serverOptions,
  },
  words: { least: 1, most: 1 },
  async run({ options, words: [reference = ""], terminal }) {
    findServer(options, terminal);
    const { run_id } = await resolveRun(reference, terminal);
    const { body } = await getBundle(run_id);
    if (body === null) throw new CommandError(exitCodes.refused, "The server sent an empty answer.");
    // Node's and the DOM's types of the same web stream differ.
    const bundle = Readable.fromWeb(body as ReadableStream<Uint8Array>);
    if (options.output === "-") await pipeline(bundle, process.stdout, { end: false });
    else {
      const file = resolve(terminal.cwd, options.output ?? `aideator-${run_id}.tar.gz`);
      await writeWhole(bundle, file);
      terminal.out(`${inert(file)}\n`);
    }
    return exitCodes.ok;
  },
});

/** A file under its own name is a whole one. */
async function writeWhole(from: Readable, file: string): Promise<void> {
  const part = `${file}.part`;
  try {
    await pipeline(from, createWriteStream(part));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw new CommandError(
      exitCodes.failed,
      `${inert(file)} could not be written: ${error instanceof Error ? inert(error.message) : "unknown error"}.`,
    );
  }
}
