import { symlinkSync } from "node:fs";
import { join } from "node:path";
import type {
  CheckDetailsResponse,
  CheckRunResponse,
  CrossMatrixResponse,
  CrossTestResponse,
  RunChecksResponse,
} from "../../lib/protocol/checks";
import type { ApiClient } from "../api-client";
import type { Ledger } from "./ledger";
import type { PlainGit } from "./plain-git";
import { type PlainResult, runners, runPlainly, shell } from "./runners";
import { letterOf, type Story } from "./story";

/** What `proveGates` and `proveMatrix` need. */
export interface ChecksPlace {
  api: ApiClient;
  run: string;
  git: PlainGit;
  story: Story;
  ledger: Ledger;
  /** Where `story.dependencies` lie. */
  checkout: string;
}

const ended = ({ status }: { status: string }): boolean => status !== "queued" && status !== "running";

/** Waits until every check that was asked for has ended. */
export async function allChecks({ api, run }: Pick<ChecksPlace, "api" | "run">, atLeast: number): Promise<RunChecksResponse> {
  const deadline = performance.now() + Number(process.env.TRUTH_WAIT_MS ?? 400_000);
  for (;;) {
    const { body } = await api.call<RunChecksResponse>("GET", `/runs/${run}/checks`);
    if (body.runs.length >= atLeast && body.runs.every(ended) && body.cross_tests.every(ended)) return body;
    if (performance.now() > deadline) throw new Error(`checks do not end: ${JSON.stringify(body).slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Folders with a commit's files and the project's dependencies, by commit. */
const folders = new WeakMap<PlainGit, Map<string, string>>();
function folderOf({ git, story, checkout }: ChecksPlace, commit: string): string {
  const known = folders.get(git) ?? new Map<string, string>();
  folders.set(git, known);
  const folder = known.get(commit) ?? git.worktree(commit);
  if (!known.has(commit)) for (const name of story.dependencies ?? []) symlinkSync(join(checkout, name), join(folder, name));
  known.set(commit, folder);
  return folder;
}

const results = new WeakMap<PlainGit, Map<string, PlainResult>>();
function testsBy(place: ChecksPlace, commit: string): PlainResult {
  const known = results.get(place.git) ?? new Map<string, PlainResult>();
  results.set(place.git, known);
  const result = known.get(commit) ?? runPlainly(place.story.runner, folderOf(place, commit));
  known.set(commit, result);
  return result;
}

/** What a target breaks, mends and adds, from plain outputs alone. */
export function plainDelta(base: PlainResult, target: PlainResult) {
  const names = [...new Set([...base.tests.keys(), ...target.tests.keys()])].sort();
  const those = (holds: (before: string | undefined, after: string | undefined) => boolean): string[] =>
    names.filter((name) => holds(base.tests.get(name), target.tests.get(name)));
  const old = (before: string | undefined): boolean => before !== undefined;
  return {
    broken: those((before, after) => old(before) && before !== "failed" && after === "failed"),
    fixed: those((before, after) => old(before) && before !== "passed" && after === "passed"),
    stillFailing: those((before, after) => before === "failed" && after === "failed"),
    stillPassing: those((before, after) => before === "passed" && after === "passed"),
    added: those((before, after) => !old(before) && after !== undefined),
    addedPassed: those((before, after) => !old(before) && after === "passed"),
    removed: those((before, after) => old(before) && after === undefined),
  };
}

/** Every gate of these targets against the same command run by hand. Answers, by target, how many tests broke and how many new ones pass. */
export async function proveGates(place: ChecksPlace, targets: readonly string[]): Promise<Map<string, { broken: number; added: number }>> {
  const { api, run, git, ledger } = place;
  const { runs } = (await api.call<RunChecksResponse>("GET", `/runs/${run}/checks`)).body;
  const found = new Map<string, { broken: number; added: number }>();
  for (const target of ["base", ...targets]) {
    for (const check of runs.filter((one) => one.target === target)) {
      ledger.same(`gates tree of ${target}`, check.tree, git.treeOf(target));
      if (check.kind === "test") found.set(target, await proveTests(place, check));
      else if (check.kind === "size") proveSize(place, check);
      else if (check.command !== null) proveCommand(place, check, runs);
      else ledger.same(`gates ${check.name} of ${target}`, check.status, "passed");
    }
  }
  return found;
}

async function proveTests(place: ChecksPlace, check: CheckRunResponse): Promise<{ broken: number; added: number }> {
  const { api, run, ledger, story } = place;
  const { key } = runners[story.runner];
  const [base, plain] = [testsBy(place, "base"), testsBy(place, check.target)];
  const what = `tests of ${check.target}`;
  const details = (await api.call<CheckDetailsResponse>("GET", `/runs/${run}/checks/${check.id}`)).body;
  const said = details.tests.filter(({ status }) => status !== "errored").map(({ name, file, status }) => `${key(name, file)}: ${status}`);
  ledger.same(what, said.sort(), [...plain.tests].map(([name, status]) => `${name}: ${status}`).sort());
  ledger.same(`${what} that could not be loaded`, details.tests.filter(({ status }) => status === "errored").length, plain.unloaded);
  ledger.same(`${what}, the verdict`, check.status, plain.code === 0 ? "passed" : "failed");
  const delta = plainDelta(base, plain);
  if (check.target === "base") return { broken: 0, added: 0 };
  const tests = check.comparison?.tests;
  const names = (list: readonly { name: string; file?: string }[] = []): string[] => list.map(({ name, file }) => key(name, file)).sort();
  const { compared } = details;
  const added = (compared?.added ?? []).filter(({ status }) => status !== "errored");
  ledger.same(`${what} that break`, [tests?.broken, names(compared?.broken)], [delta.broken.length, delta.broken]);
  ledger.same(`${what} that are mended`, [tests?.fixed, names(compared?.fixed)], [delta.fixed.length, delta.fixed]);
  ledger.same(`${what} that are new`, names(added), delta.added);
  ledger.same(`${what} that are new and pass`, tests?.added.passed, delta.addedPassed.length);
  ledger.same(`${what} that are gone`, [tests?.removed, names(compared?.removed)], [delta.removed.length, delta.removed]);
  ledger.same(`${what} that go on`, [tests?.stillPassing, tests?.stillFailing], [delta.stillPassing.length, delta.stillFailing.length]);
  return { broken: delta.broken.length, added: delta.addedPassed.length };
}

/** A check of which nothing but its end is known, or lines that name files. */
function proveCommand(place: ChecksPlace, check: CheckRunResponse, runs: readonly CheckRunResponse[]): void {
  const { ledger } = place;
  const { code, output } = shell(check.command ?? "", folderOf(place, check.target));
  const what = `gates ${check.name} of ${check.target}`;
  ledger.same(what, check.status, code === 0 ? "passed" : "failed");
  const said = check.outcome?.findings;
  const places = new Set(
    output.split("\n").flatMap((line) => /^(?:\.\/)?([\w./-]+\.\w+):(\d+):(?!.*\bnote:)/.exec(line)?.slice(1, 3).join(":") ?? []),
  );
  if (said !== undefined) ledger.same(`${what}, its findings`, new Set(said.first.map(({ file, line }) => `${file}:${line}`)), places);
  const base = runs.find((one) => one.target === "base" && one.check === check.check);
  if (check.target === "base" || base === undefined) return;
  const before = shell(check.command ?? "", folderOf(place, "base"));
  if (before.code === 0) ledger.same(`${what}, whether it broke`, check.comparison?.broke, code !== 0);
}

function proveSize({ git, ledger }: ChecksPlace, check: CheckRunResponse): void {
  if (check.target === "base") return;
  const lines = git
    .git("diff", "--numstat", "-M", "base", check.target)
    .trim()
    .split("\n")
    .filter((line) => line !== "");
  const sum = (column: number): number => lines.reduce((total, line) => total + Number(line.split("\t")[column]), 0);
  const { files, added, deleted } = check.outcome?.size ?? { files: -1, added: -1, deleted: -1 };
  ledger.same(`gates size of ${check.target}`, { files, added, deleted }, { files: lines.length, added: sum(0), deleted: sum(1) });
}

/** Everybody's new and changed test files in everybody's worktree, and what the runner says of them there. */
export async function proveMatrix(place: ChecksPlace, targets: readonly string[]): Promise<void> {
  const { api, run, git, story, ledger } = place;
  const authorsOf = story.crossed?.map(letterOf) ?? targets;
  await api.call("POST", `/runs/${run}/cross-tests`, { tests: authorsOf });
  await allChecks(place, 1);
  const { authors, cells } = (await api.call<CrossMatrixResponse>("GET", `/runs/${run}/cross-tests`)).body;
  const { isTest } = runners[story.runner];
  for (const author of authorsOf) {
    const files = git
      .changedFiles(author)
      .filter(({ status, newPath }) => status !== "D" && isTest.test(newPath))
      .map(({ newPath }) => newPath)
      .sort();
    ledger.same(`matrix tests of ${author}`, [...(authors.find((one) => one.target === author)?.files ?? [])].sort(), files);
    for (const code of ["base", ...targets]) {
      const cell = cells.find((one) => one.tests === author && one.code === code);
      ledger.same(
        `matrix ${author} on ${code}`,
        said(cell),
        files.length === 0 ? { outcome: "none", passed: 0, total: 0 } : computed(place, author, code, files),
      );
    }
  }
}

function said(cell: CrossTestResponse | undefined): object | undefined {
  return cell === undefined ? undefined : { outcome: cell.status, passed: cell.passed, total: cell.total };
}

function computed(place: ChecksPlace, author: string, code: string, files: readonly string[]): object {
  const { git, story } = place;
  const folder = folderOf(place, `${code}^0`);
  git.in(folder, "checkout", "-q", author, "--", ...files);
  const result = runPlainly(story.runner, folder, files);
  git.in(folder, "reset", "-q", "--hard", code);
  const own = story.runner === "go" || story.runner === "cargo" ? testsIn(place, author, files) : undefined;
  const tests = [...result.tests].filter(
    ([name]) => own === undefined || own.some((one) => name.endsWith(` ${one}`) || name.includes(` ${one}/`)),
  );
  const passed = tests.filter(([, status]) => status === "passed").length;
  const failed = tests.filter(([, status]) => status === "failed").map(([name]) => name);
  if (result.unloaded > 0 && failed.length === 0)
    return { outcome: "no_api", passed, total: passed + (story.runner === "cargo" ? 0 : result.unloaded) };
  // What misses a name only when it runs says nothing of behaviour either.
  const missing = /is not a function|is not defined|has no attribute|NameError|ImportError/;
  const outcome =
    failed.length === 0 ? "passed" : missing.test(result.output) && !/Assert|!==|assert /.test(result.output) ? "no_api" : "failed";
  return { outcome, passed, total: passed + failed.length + result.unloaded };
}

/** Names of the tests in files, where a runner knows no files. */
function testsIn({ git, story }: ChecksPlace, author: string, files: readonly string[]): string[] {
  const pattern = story.runner === "go" ? /^func (Test\w+)\(/gm : /#\[test\]\s*fn (\w+)/g;
  return files.flatMap((file) => [...git.textOf(author, file).matchAll(pattern)].map(([, name = ""]) => name));
}

export const variationNames = (story: Story): string[] => story.variations.map((_, index) => letterOf(index));
