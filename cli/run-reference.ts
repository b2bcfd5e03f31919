import { realpath } from "node:fs/promises";
import { ApiProblem, getRun, listRuns } from "@/lib/client/api";
import type { RunResponse, RunSummary } from "@/lib/protocol/http";
import { MAX_VARIATIONS } from "@/lib/run/bounds";
import type { TreeSource } from "@/lib/run/state";
import { compositionIn } from "@/lib/run/trees";
import { quoted } from "./command";
import { type Console, gitText } from "./console";
import { CommandError, exitCodes, usageError } from "./exit-codes";

/** Prefixes are looked up among the newest so many. */
const SEARCHED_RUNS = 2_000;
const PAGE = 100;

/** A run's id, the beginning of one, or `last`: the newest of the repository that the person stands in (outside of any: of all). */
export async function resolveRun(reference: string, terminal: Console): Promise<RunResponse> {
  if (reference === "last") return getRun((await lastRun(terminal)).run_id);
  if (!/^[a-z0-9]{1,24}$/.test(reference)) {
    throw usageError(`${quoted(reference)} is no run: give its id, the beginning of its id, or last.`);
  }
  if (reference.length >= 12) {
    const exact = await getRun(reference).catch((error: unknown) => {
      if (error instanceof ApiProblem && error.problem.code === "not_found") return undefined;
      throw error;
    });
    if (exact !== undefined) return exact;
  }
  const found: RunSummary[] = [];
  for await (const run of newestRuns()) if (run.run_id.startsWith(reference)) found.push(run);
  const [first, second] = found;
  if (first === undefined) throw new CommandError(exitCodes.refused, `There is no run ${reference}. aideator list shows the newest ones.`);
  if (second !== undefined) throw usageError(`${reference} may mean ${found.map((run) => run.run_id).join(" or ")}: give more of it.`);
  return getRun(first.run_id);
}

async function lastRun(terminal: Console): Promise<RunSummary> {
  const own = await addressesOf(terminal.cwd);
  for await (const run of newestRuns()) if (own === undefined || own.has(plainAddress(run.repository_url))) return run;
  const where = own === undefined ? "" : " of this repository";
  throw new CommandError(exitCodes.refused, `There is no run${where} yet. aideator list shows those of all repositories.`);
}

async function* newestRuns(): AsyncGenerator<RunSummary> {
  let cursor: string | undefined;
  for (let seen = 0; seen < SEARCHED_RUNS; seen += PAGE) {
    const page = await listRuns({ cursor, limit: PAGE });
    yield* page.runs;
    if (page.next_cursor === null) return;
    cursor = page.next_cursor;
  }
}

/** Under which addresses runs may know this checkout; undefined outside of any. */
async function addressesOf(folder: string): Promise<Set<string> | undefined> {
  const top = await topLevel(folder);
  if (top === undefined) return undefined;
  const remotes = (await gitText(folder, "config", "--get-regexp", "^remote\\..*\\.url$")) ?? "";
  const urls = remotes.split("\n").map((line) => line.slice(line.indexOf(" ") + 1));
  return new Set([top, ...urls.map(plainAddress)].filter((address) => address !== ""));
}

/** The root of the checkout that a folder lies in, or a bare repository itself; undefined where there is none. Links are resolved. */
export async function topLevel(folder: string): Promise<string | undefined> {
  const top = await gitText(folder, "rev-parse", "--show-toplevel");
  if (top !== undefined && top !== "") return realpath(top);
  const bare = await gitText(folder, "rev-parse", "--is-bare-repository");
  const gitDir = bare === "true" ? await gitText(folder, "rev-parse", "--absolute-git-dir") : undefined;
  return gitDir === undefined ? undefined : realpath(gitDir);
}

/** `git@host:path` and `ssh://git@host/path`, with and without `.git`, are one address. */
function plainAddress(address: string): string {
  const url = address.replace(/^([\w.-]+)@([\w.-]+):(?!\/\/)/, "ssh://$1@$2/");
  return url.replace(/\/+$/, "").replace(/\.git$/, "");
}

/** `a`…`e` (or `A`…`E`) → 0…4, as far as the run has such a variation. */
export function variationIndex(letter: string, run: Pick<RunSummary, "variations">): number {
  const index = /^[a-z]$/i.test(letter) ? letter.toLowerCase().charCodeAt(0) - 97 : MAX_VARIATIONS;
  if (index < run.variations.length) return index;
  const last = String.fromCharCode(96 + run.variations.length);
  throw usageError(`${quoted(letter)} is no variation of this run: give ${last === "a" ? "a" : `a letter from a to ${last}`}.`);
}

/** What a variation's letter or `composition-1` names; whether there is such a composition, the server knows. */
export function sourceNamed(name: string, run: Pick<RunSummary, "variations">): TreeSource {
  const composition = compositionIn(name.toLowerCase());
  if (composition !== undefined) return { composition };
  if (/^[a-z]$/i.test(name)) return { winner: variationIndex(name, run) };
  throw usageError(`${quoted(name)} is nothing that can be selected: give a letter, or a composition such as composition-1.`);
}
