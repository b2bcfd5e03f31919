import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getDiff } from "@/lib/client/api";
import type { RunResponse } from "@/lib/protocol/http";
import { diffSideSchema } from "@/lib/protocol/trees";
import { type Command, defineCommand, jsonOption, quoted, serverOptions } from "../command";
import { type Console, gitText } from "../console";
import { CommandError, type ExitCode, exitCodes, usageError } from "../exit-codes";
import { findServer, type ServerAccess } from "../find-server";
import { resolveRun } from "../run-reference";
import { inert } from "../terminal/text";

export const diff: Command = defineCommand({
  name: "diff",
  summary: "What a variation changed, or what differs between two of them",
  usage: "<run> [<side> | <side>..<side>] [--stat] [--json]",
  details:
    "A side is base, winner, a letter, composition-1, a@2 (A's second snapshot), a@turn-1, or a commit of the run. One side alone is compared with the base; none means the winner. In a terminal git's own pager and colours are used.",
  options: { stat: { type: "boolean", description: "Files and numbers of lines only" }, ...jsonOption, ...serverOptions },
  words: { least: 1, most: 2 },
  async run({ options, words: [reference = "", range], terminal }) {
    const server = findServer(options, terminal);
    const run = await resolveRun(reference, terminal);
    const [from, to] = sidesOf(range, run);
    // It also turns a side into its commit, and refuses one that is not there.
    const answer = await getDiff(run.run_id, from, to);
    if (options.json === true) {
      terminal.out(`${JSON.stringify(answer)}\n`);
      return exitCodes.ok;
    }
    return showDiff(run.run_id, [answer.from_commit, answer.to_commit], { stat: options.stat === true, server, terminal });
  },
});

/** `a` → base to a; `a..b`; nothing → base to the winner, or to the only one. */
function sidesOf(range: string | undefined, run: RunResponse): [from: string, to: string] {
  const sides = range?.split("..") ?? [defaultSide(run)];
  const [first = "", second] = sides;
  if (sides.length > 2 || sides.includes("")) throw usageError(`${quoted(range ?? "")} is no pair of sides: it looks like a, or a..b.`);
  return second === undefined ? ["base", sideOf(first, run)] : [sideOf(first, run), sideOf(second, run)];
}

function defaultSide({ selection, variations }: RunResponse): string {
  if (selection !== null) return "winner";
  if (variations.length === 1) return "a";
  const last = String.fromCharCode(96 + variations.length);
  throw usageError(`This run has no winner yet: say which variation, from a to ${last}, or a pair such as a..${last}.`);
}

function sideOf(text: string, { selection }: RunResponse): string {
  if (text === "winner") {
    if (selection !== null) return selection.commit;
    throw usageError("This run has no winner yet: give a letter, or select one first.");
  }
  const side = text.toLowerCase();
  if (diffSideSchema.safeParse(side).success) return side;
  throw usageError(`${quoted(text)} is no side of a diff: give base, winner, a letter, composition-1, a@2, a@turn-1, or a full commit id.`);
}

interface Shown {
  stat: boolean;
  server: ServerAccess;
  terminal: Console;
}

/** Fetches both trees, without history, into a bare repository that lives as long as the call, and lets git compare them. */
async function showDiff(runId: string, [from, to]: readonly [string, string], { stat, server, terminal }: Shown): Promise<ExitCode> {
  const gitDir = await mkdtemp(join(tmpdir(), "aideator-diff-"));
  try {
    const env = { ...terminal.env, ...configEnvironment(server.headers), ...(await ownObjects(terminal.cwd)), GIT_TERMINAL_PROMPT: "0" };
    await git(["init", "--quiet", "--bare", gitDir], env, "pipe");
    const fetched = ["fetch", "--quiet", "--depth=1", "--no-tags", `${server.url}/git/runs/${runId}`, ...new Set([from, to])];
    await git([`--git-dir=${gitDir}`, ...fetched], env, "pipe");
    // An attribute file of a tree names no program, but the user's configuration may have given a name to one.
    const shown = ["diff", "--no-ext-diff", "--no-textconv", "--find-renames", ...(stat ? ["--stat"] : []), from, to, "--"];
    await git([`--git-dir=${gitDir}`, ...shown], env, "inherit");
    return exitCodes.ok;
  } finally {
    await rm(gitDir, { recursive: true, force: true });
  }
}

/** What the checkout that the person stands in has already need not be fetched. */
async function ownObjects(cwd: string): Promise<Record<string, string>> {
  const objects = await gitText(cwd, "rev-parse", "--path-format=absolute", "--git-path", "objects");
  return objects === undefined ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(objects) };
}

/** Not as an argument: every user of the machine can read those. */
function configEnvironment(headers: Record<string, string>): Record<string, string> {
  const { authorization } = headers;
  if (authorization === undefined) return {};
  return { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "http.extraHeader", GIT_CONFIG_VALUE_0: `Authorization: ${authorization}` };
}

function git(args: string[], env: NodeJS.ProcessEnv, output: "inherit" | "pipe"): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, { env, stdio: ["ignore", output, output] });
    let errors = "";
    child.stdout?.resume();
    child.stderr?.on("data", (chunk) => (errors += String(chunk)));
    child.once("error", (error) => reject(new CommandError(exitCodes.failed, `git cannot be run: ${error.message}`)));
    child.once("close", (code, signal) => {
      // A reader that has seen enough closes the pipe.
      if (code === 0 || signal === "SIGPIPE" || code === 141) resolve();
      else reject(new CommandError(exitCodes.failed, `git ${args.find((arg) => !arg.startsWith("-"))} failed: ${inert(errors).trim()}`));
    });
  });
}
