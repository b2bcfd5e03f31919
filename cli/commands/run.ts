import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { ApiProblem, allowFolder, createRun } from "@/lib/client/api";
import type { CreateRunRequest } from "@/lib/protocol/http";
import { type Command, defineCommand, serverOptions } from "../command";
import type { Console } from "../console";
import { type ExitCode, exitCodes, usageError } from "../exit-codes";
import { findServer, type ServerAccess } from "../find-server";
import { topLevel } from "../run-reference";
import { readRequest } from "../run-request";
import { watchRun } from "../watch-run";

export const run: Command = defineCommand({
  name: "run",
  summary: "Put one prompt to several agents and watch them",
  usage: '--prompt "…" | - [-n 3] [--repo <folder or address>] [options]',
  details: [
    "A folder of this machine is allowed on the fly. Agents start from what is committed; changes that are not stay yours alone.",
    "In a terminal every variation has a lane; in a pipe every event that matters has a line. Ctrl-C stops the run, a second one leaves it.",
    "Ends with 0 when the run completed, with 1 when it failed or somebody else stopped it, with 130 after Ctrl-C.",
  ].join("\n"),
  options: {
    prompt: { type: "string", short: "p", value: "<text>", description: "What should change; the word - reads it from standard input" },
    repo: {
      type: "string",
      short: "r",
      value: "<repo>",
      description: "Folder, or https/ssh address; the repository you stand in otherwise",
    },
    variations: { type: "string", short: "n", value: "<1-5>", description: "How many agents work at once; 3 otherwise" },
    agent: { type: "string", value: "<a,b>", description: "One agent for all, or one for each variation" },
    model: { type: "string", short: "m", value: "<m1,m2>", description: "One model for all, or one for each variation" },
    base: { type: "string", value: "<ref>", description: "Branch, tag or commit to start from" },
    "max-dollars": { type: "string", value: "<x>", description: "What all variations together may spend" },
    minutes: { type: "string", value: "<m>", description: "How long each variation may take" },
    detach: { type: "boolean", short: "d", description: "Start it and leave" },
    json: { type: "boolean", description: "One JSON object per event, and one for the result" },
    ...serverOptions,
  },
  words: { least: 0, most: 1 },
  async run({ options, words: [word], terminal }) {
    if (word !== undefined && word !== "-")
      throw usageError(`Give the prompt as --prompt ${JSON.stringify(word)}, or - to read it from standard input.`);
    const request = await readRequest(options, word === "-");
    const server = findServer(options, terminal);
    const github_url = await repositoryFor(options.repo, server, terminal);
    const { run_id } = await start({ ...request, github_url });
    if (options.detach !== true) return watchRun(run_id, server, { json: options.json === true, terminal });
    const page = `${server.url}/runs/${run_id}`;
    terminal.out(options.json === true ? `${JSON.stringify({ run_id, url: page })}\n` : `${run_id}\n`);
    if (options.json !== true) terminal.err(`Watch it: ${page} or ${terminal.name} show ${run_id}\n`);
    return exitCodes.ok satisfies ExitCode;
  },
});

/** Asked twice with one key, it is one run: an answer that got lost costs nothing. */
async function start(request: CreateRunRequest): Promise<{ run_id: string }> {
  const key = randomUUID();
  return createRun(request, key).catch((error: unknown) => {
    if (error instanceof ApiProblem && error.isUnanswered) return createRun(request, key);
    throw error;
  });
}

/** An address as it is; a folder becomes the root of its checkout, and allowed where this is the server's own user. */
async function repositoryFor(given: string | undefined, { localToken }: ServerAccess, terminal: Console): Promise<string> {
  if (given !== undefined && isAddress(given)) return given;
  const folder = resolve(terminal.cwd, given ?? ".");
  const top = await topLevel(folder);
  if (top === undefined) {
    const where = given === undefined ? "This folder is in no git repository" : `${folder} is in no git repository`;
    throw usageError(`${where}: go into one, or name one with --repo <folder or address>.`);
  }
  if (localToken !== undefined) await allowFolder(top, localToken);
  return top;
}

function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^[\w.-]+@[\w.-]+:/.test(text);
}
