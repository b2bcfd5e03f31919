import { addedLines } from "@/lib/diff/added-lines";
import type { CheckJob } from "@/lib/protocol/check-job";
import type { CheckRun } from "@/lib/run/check-state";
import { environmentState } from "@/lib/run/setup";
import type { RunState } from "@/lib/run/state";
import type { AttemptEnvironment } from "../executors/executor";
import type { CheckContext } from "./check-context";
import { checkKey, type KeptResult } from "./check-store";
import { readCommandResult } from "./read-command-result";
import type { ChangedLines } from "./reports/changed-coverage";
import { runCommand } from "./run-command";
import { scanDiff } from "./scan/scan-diff";
import { belongsToTests } from "./test-files";

/** Changes of what results mean: older ones are not taken over. */
const FORMAT = 2;

/** What was found, and whether it had been known. */
export interface Produced {
  kept: KeptResult;
  cached: boolean;
}

/** A result without a run. */
export function skippedResult(reason: string, verdict: "skipped" | "error" = "skipped"): KeptResult {
  return { result: { verdict, exitCode: null, durationMs: 0, reason }, output: "" };
}

/** Everything that decides what a command says, beside the tree that it runs on. */
export async function commandSurroundings(
  { environments, parseAddress, git, executor }: CheckContext,
  run: RunState,
): Promise<{ mirrorPath: string; environment: AttemptEnvironment; fingerprint: unknown }> {
  const mirrorPath = git.mirrorPath(await parseAddress(run.repositoryUrl));
  const environment = await environments.forChecks(run, mirrorPath);
  const { dependencies, variables, path } = environment;
  const image = (await executor.image?.()) ?? process.versions.node;
  return { mirrorPath, environment, fingerprint: [dependencies ?? null, variables, path, image, FORMAT] };
}

/** Why commands cannot be run for this run; undefined when they can. */
export async function whyNoCommands({ projects }: CheckContext, run: RunState): Promise<string | undefined> {
  const { possible, reason } = await projects.available();
  if (!possible) return reason ?? "Checks cannot run here.";
  const setup = environmentState(run);
  return setup.kind === "not_set_up" ? setup.reason : undefined;
}

/** Runs one check. Rejects when the server could not do its part, and when `signal` aborts. */
export async function produceResult(
  context: CheckContext,
  run: RunState,
  check: CheckRun,
  { name, force }: { name: string; force: boolean },
  signal: AbortSignal,
): Promise<Produced> {
  signal.throwIfAborted();
  if (check.kind === "size") return { kept: await measureSize(context, run, check), cached: false };
  if (check.kind === "secrets") return { kept: await scanSecrets(context, run, check, signal), cached: false };
  return produceByCommand(context, run, check, { name, force, command: check.command ?? "" }, signal);
}

async function produceByCommand(
  context: CheckContext,
  run: RunState,
  check: CheckRun,
  { name, force, command }: { name: string; force: boolean; command: string },
  signal: AbortSignal,
): Promise<Produced> {
  const { store, projects, environments } = context;
  const base = run.base?.commit ?? "";
  const refusal = await whyNoCommands(context, run);
  if (refusal !== undefined) return { kept: skippedResult(refusal), cached: false };
  const { mirrorPath, environment, fingerprint } = await commandSurroundings(context, run);
  const key = checkKey([check.tree, base, check.kind, command, fingerprint]);
  const make = async (): Promise<KeptResult> => {
    const own = (await projects.checksOf(run)).find(({ id }) => id === check.check)?.minutes;
    const minutes = own ?? (await projects.settings(run.projectId)).minutes;
    const redaction = await environments.redactionFor(run.projectId);
    const isTest = check.kind === "test" || check.kind === "coverage";
    const coverage = check.kind === "coverage" ? "all" : isTest ? "cheap" : "none";
    const job: CheckJob = { command, coverage, again: isTest };
    const place = { runId: run.runId, mirrorPath, baseCommit: base, commit: check.commit, environment, job, minutes };
    const done = await runCommand(context, name, place, redaction, signal);
    const changed = isTest && check.commit !== base ? await changedIn(context, run.runId, base, check.commit) : [];
    const result = redaction.redactStrings(readCommandResult({ kind: check.kind, command }, done, changed));
    return { result, output: done.output };
  };
  return store.once(run.projectId, key, make, { force });
}

async function changedIn({ git }: CheckContext, runId: string, base: string, commit: string): Promise<ChangedLines[]> {
  // Beyond git's bound for a patch nobody asks which lines were covered.
  const patch = await git.patch(runId, base, commit).catch(() => "");
  return (
    addedLines(patch)
      // Tests cover themselves.
      .filter(({ path }) => !belongsToTests(path))
      .map(({ path, lines }) => ({ path, ranges: lines.map(({ number }) => ({ start: number, end: number + 1 })) }))
  );
}

async function measureSize({ git, projects }: CheckContext, run: RunState, check: CheckRun): Promise<KeptResult> {
  const { max_lines: maxLines } = await projects.settings(run.projectId);
  const { files, added, deleted } = (await git.diff(run.runId, run.base?.commit ?? "", check.commit)).totals;
  const passed = maxLines === null || added + deleted <= maxLines;
  const reason = passed ? {} : { reason: `It changes ${added + deleted} lines; the project's limit is ${maxLines}.` };
  const size = { files, added, deleted, maxLines };
  return { result: { verdict: passed ? "passed" : "failed", exitCode: null, durationMs: 0, ...reason, size }, output: "" };
}

async function scanSecrets({ git, bundles }: CheckContext, run: RunState, check: CheckRun, signal: AbortSignal): Promise<KeptResult> {
  const began = performance.now();
  const patch = await git.patch(run.runId, run.base?.commit ?? "", check.commit);
  const { findings, problem } = await scanDiff(bundles.scanner, patch, signal);
  const durationMs = Math.round(performance.now() - began);
  const failed = findings.some(({ severity }) => severity === "error");
  const output = findings.map(({ file, line, severity, message, rule }) => `${file}:${line}: ${severity}: ${message} (${rule})\n`).join("");
  const verdict = failed ? "failed" : problem === undefined ? "passed" : "error";
  return { result: { verdict, exitCode: null, durationMs, reason: problem, findings: { findings, problem } }, output };
}
