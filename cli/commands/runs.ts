import { cancelRun, listRuns, retryRun, selectWinner } from "@/lib/client/api";
import type { RunResponse } from "@/lib/protocol/http";
import { sourceName } from "@/lib/run/select";
import { type Command, defineCommand, jsonOption, serverOptions } from "../command";
import type { Console } from "../console";
import { exitCodes, usageError } from "../exit-codes";
import { findServer } from "../find-server";
import { resolveRun, sourceNamed, variationIndex } from "../run-reference";
import { runTable, runText } from "../run-table";
import { inert, painter } from "../terminal/text";

const common = { ...jsonOption, ...serverOptions } as const;

export const list: Command = defineCommand({
  name: "list",
  summary: "The newest runs",
  usage: "[--limit 30] [--json]",
  options: { limit: { type: "string", value: "<1-100>", description: "How many; 30 otherwise" }, ...common },
  words: { least: 0, most: 0 },
  async run({ options, terminal }) {
    const limit = options.limit === undefined ? 30 : Number(options.limit);
    if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw usageError("--limit takes a whole number from 1 to 100.");
    findServer(options, terminal);
    const page = await listRuns({ limit });
    if (options.json === true) terminal.out(`${JSON.stringify(page)}\n`);
    else if (page.runs.length === 0) terminal.err(`There is no run yet: ${terminal.name} run --prompt "…" starts one.\n`);
    else terminal.out(runTable(page.runs, painter(terminal.colour), { now: Date.now(), columns: terminal.columns() }));
    return exitCodes.ok;
  },
});

export const show: Command = defineCommand({
  name: "show",
  summary: "A run: its variations, what they changed, who won",
  usage: "<run> [--json]",
  options: common,
  words: { least: 1, most: 1 },
  async run({ options, words: [reference = ""], terminal }) {
    findServer(options, terminal);
    tellRun(await resolveRun(reference, terminal), options.json === true, terminal);
    return exitCodes.ok;
  },
});

export const stop = runCommand("stop", "Stop a run, or one of its variations; what they did is kept", cancelRun);
export const retry = runCommand("retry", "Start what failed or was stopped anew, on fresh trees", retryRun);

/** A command that changes a run, or one of its variations, and shows what it has become. */
function runCommand(name: string, summary: string, change: (runId: string, variation?: number) => Promise<RunResponse>): Command {
  return defineCommand({
    name,
    summary,
    usage: "<run> [<letter>] [--json]",
    options: common,
    words: { least: 1, most: 2 },
    async run({ options, words: [reference = "", letter], terminal }) {
      findServer(options, terminal);
      const found = await resolveRun(reference, terminal);
      tellRun(
        await change(found.run_id, letter === undefined ? undefined : variationIndex(letter, found)),
        options.json === true,
        terminal,
      );
      return exitCodes.ok;
    },
  });
}

function tellRun(run: RunResponse, json: boolean, terminal: Console): void {
  terminal.out(json ? `${JSON.stringify(run)}\n` : runText(run, painter(terminal.colour)));
}

export const select: Command = defineCommand({
  name: "select",
  summary: "Record the winner of a run and make its branch; can be changed later",
  usage: "<run> <letter or composition-1> [--reason <text>] [--json]",
  options: { reason: { type: "string", value: "<text>", description: "Why; kept with the choice" }, ...common },
  words: { least: 2, most: 2 },
  async run({ options, words: [reference = "", name = ""], terminal }) {
    const { url } = findServer(options, terminal);
    const run = await resolveRun(reference, terminal);
    const source = sourceNamed(name, run);
    const { winner: winning_variation_id, composition } = source;
    const chosen = await selectWinner(run.run_id, { winning_variation_id, composition, reason: options.reason });
    const { branch, commit } = chosen;
    if (options.json === true) terminal.out(`${JSON.stringify(chosen)}\n`);
    else {
      terminal.out(`${sourceName(source)} won: ${inert(branch)} ${commit.slice(0, 10)}\n`);
      terminal.err(`Fetch it: git fetch ${url}/git/runs/${run.run_id} winner\nLand it:  ${terminal.name} land ${run.run_id}\n`);
    }
    return exitCodes.ok;
  },
});
