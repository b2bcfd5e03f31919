import { randomBytes } from "node:crypto";
import type { CrossMatrixResponse, ProjectCheck, StartCrossTestsOrder } from "@/lib/protocol/checks";
import type { CheckEvent } from "@/lib/run/check-events";
import { CHECK_NAMED_LIMIT, CHECK_TAIL_LIMIT, variationOfTarget } from "@/lib/run/check-names";
import type { CrossTest } from "@/lib/run/check-state";
import { targetTitle } from "@/lib/run/check-table";
import { lastCharacters, plainText } from "@/lib/run/plain-text";
import type { RunState } from "@/lib/run/state";
import type { CheckContext } from "./check-context";
import type { CheckQueue } from "./check-queue";
import { checkKey, type KeptResult } from "./check-store";
import { allTargets, type CheckTarget, targetNamed } from "./check-targets";
import { type CrossResult, crossOutcome } from "./cross-outcome";
import { describeCross } from "./describe-checks";
import { commandSurroundings, skippedResult, whyNoCommands } from "./produce-result";
import { readCommandResult } from "./read-command-result";
import { runCommand } from "./run-command";
import { namedTest } from "./summarize-result";
import { belongsToTests, checkForTests, isTestFile } from "./test-files";

/** What the service does for checks and cross-tests alike. */
export interface CheckWorks {
  queue: CheckQueue;
  tell: (runId: string, ...events: CheckEvent[]) => Promise<void>;
  stateOf: (runId: string) => Promise<RunState>;
  inTurn: <T>(runId: string, task: () => Promise<T>) => Promise<T>;
  inSandbox: <T>(work: (name: string) => Promise<T>) => Promise<T>;
  closeIfDone: (runId: string) => Promise<void>;
}

export interface CrossTests {
  matrix(runId: string): Promise<CrossMatrixResponse>;
  start(runId: string, order: StartCrossTestsOrder): Promise<{ queued: number }>;
  /** Ends what a killed server had under way; it is asked for again by whoever wants it. */
  recover(run: RunState, reason: string): Promise<void>;
}

interface TestFiles {
  /** Those that a runner runs. */
  tests: string[];
  /** With what they stand on. */
  all: { path: string; mode: string; blob: string }[];
}

/** Each target's new or changed tests, put into the trees of others and run there. */
export function createCrossTests(context: CheckContext, works: CheckWorks): CrossTests {
  const { git, store, projects, log, draining } = context;
  const { queue, tell, stateOf, inTurn, inSandbox, closeIfDone } = works;

  async function testsOf(run: RunState, target: CheckTarget): Promise<TestFiles> {
    if (target.name === "base") return { tests: [], all: [] };
    const { files } = await git.diff(run.runId, run.base?.commit ?? "", target.commit);
    const all = files.flatMap(({ path, pathBytes, newBlob, newMode, status }) => {
      // Names that are no text, links and submodules stay where they are.
      const plain = pathBytes === undefined && newBlob !== undefined && newMode?.startsWith("100") === true;
      return plain && status !== "deleted" && belongsToTests(path) ? [{ path, mode: newMode, blob: newBlob }] : [];
    });
    return { tests: all.map(({ path }) => path).filter(isTestFile), all };
  }

  async function checkFor(run: RunState, tests: readonly string[]): Promise<ProjectCheck | undefined> {
    const checks = (await projects.checksOf(run)).filter(({ kind, enabled, command }) => kind === "test" && enabled && command !== null);
    return checkForTests(tests, checks);
  }

  function start(runId: string, order: StartCrossTestsOrder): Promise<{ queued: number }> {
    return inTurn(runId, async () => {
      const run = await stateOf(runId);
      const named = (names: readonly string[]): Promise<CheckTarget[]> => Promise.all(names.map((name) => targetNamed(git, run, name)));
      const authors = await named(order.tests ?? authorsOf(run));
      const codes = await named(order.code ?? allTargets(run));
      let count = 0;
      for (const author of authors) {
        const files = await testsOf(run, author);
        for (const code of codes) {
          if (!order.force && isKnown(run, author, code)) continue;
          const id = randomBytes(10).toString("hex");
          const place = { tests: author.name, code: code.name, files: files.tests.length, testsTree: author.tree, codeTree: code.tree };
          await store.markOpen(runId);
          await tell(runId, { type: "crosstest.queued", id, ...place });
          const work = (signal: AbortSignal): Promise<void> => perform({ runId, id, author, code, files, force: order.force }, signal);
          queue.add({ id, runId, target: code.name, work });
          count += 1;
        }
      }
      return { queued: count };
    });
  }

  interface Pair {
    runId: string;
    id: string;
    author: CheckTarget;
    code: CheckTarget;
    files: TestFiles;
    force: boolean;
  }

  async function perform(pair: Pair, signal: AbortSignal): Promise<void> {
    const { runId, id, author, code, files } = pair;
    try {
      const run = await stateOf(runId);
      if (files.tests.length === 0) {
        const reason = `${targetTitle(author.name)} has no new tests.`;
        await finish(pair, skippedResult(reason), false, { outcome: "none", reason, passed: 0, total: 0, failing: [] });
        return;
      }
      if (!signal.aborted) await tell(runId, { type: "crosstest.started", id });
      const done = await inSandbox((name) => produce(run, pair, name, signal)).catch((error: unknown) => {
        if (draining.aborted) return undefined;
        if (!signal.aborted) log.error({ err: error, runId, author: author.name, code: code.name }, "a cross-test could not be run");
        const why = error instanceof Error ? error.message.slice(0, 300) : String(error);
        const kept = signal.aborted ? skippedResult("it was stopped") : skippedResult(`The server could not do it (${why}).`, "error");
        return { kept, cached: false };
      });
      if (done === undefined) return;
      const { kept, cached } = done;
      await finish(pair, kept, cached, crossOutcome(kept.result, kept.output, files.tests, await goFunctions(pair)));
    } catch (error) {
      log.error({ err: error, runId, id }, "a cross-test could not be told");
    } finally {
      if (!draining.aborted) await closeIfDone(runId).catch(() => undefined);
    }
  }

  async function produce(run: RunState, pair: Pair, name: string, signal: AbortSignal): Promise<{ kept: KeptResult; cached: boolean }> {
    const { runId, code, files, force } = pair;
    const refusal = await whyNoCommands(context, run);
    const check = await checkFor(run, files.tests);
    if (refusal !== undefined || check?.command == null)
      return { kept: skippedResult(refusal ?? "This project has no check that runs tests."), cached: false };
    const { command, kind } = check;
    const base = run.base?.commit ?? "";
    const { commit, tree } = await git.overlay({ runId, base, onto: code.commit, files: files.all });
    const { mirrorPath, environment, fingerprint } = await commandSurroundings(context, run);
    const key = checkKey(["cross", tree, base, command, files.tests, fingerprint]);
    const make = async (): Promise<KeptResult> => {
      const { minutes } = await projects.settings(run.projectId);
      const redaction = await context.environments.redactionFor(run.projectId);
      const job = { command, coverage: "none" as const, again: true, only: files.tests };
      const done = await runCommand(
        context,
        name,
        { runId, mirrorPath, baseCommit: base, commit, environment, job, minutes },
        redaction,
        signal,
      );
      return { result: redaction.redactStrings(readCommandResult({ kind, command }, done, [])), output: done.output };
    };
    return store.once(run.projectId, key, make, { force });
  }

  async function finish({ runId, id }: Pair, { result, output }: KeptResult, cached: boolean, crossed: CrossResult): Promise<void> {
    await store.save(runId, id, { result, output });
    const { outcome, reason, passed, total, failing } = crossed;
    await tell(runId, {
      type: "crosstest.finished",
      id,
      outcome,
      cached,
      durationMs: result.durationMs,
      ...(reason === undefined ? {} : { reason: plainText(reason) }),
      passed,
      total,
      failing: failing.slice(0, CHECK_NAMED_LIMIT).map(namedTest),
      tail: plainText(lastCharacters(output, CHECK_TAIL_LIMIT)),
      outputLength: output.length,
    });
  }

  /** Reports of Go name packages: which tests are meant, their files say. */
  async function goFunctions({ runId, files }: Pair): Promise<ReadonlySet<string>> {
    const blobs = files.all.filter(({ path }) => path.endsWith("_test.go"));
    const texts = await Promise.all(blobs.map(async ({ blob }) => (await git.readBlob(runId, blob)).text ?? ""));
    return new Set(texts.flatMap((text) => [...text.matchAll(/^func (Test\w+)\(/gm)].map(([, name = ""]) => name)));
  }

  return {
    start,
    async matrix(runId) {
      const run = await stateOf(runId);
      const targets = await Promise.all(authorsOf(run).map((name) => targetNamed(git, run, name)));
      const authors = await Promise.all(
        targets.map(async (target) => ({ target: target.name, files: (await testsOf(run, target)).tests })),
      );
      return { authors: authors.filter(({ files }) => files.length > 0), cells: run.checks.crossTests.map(describeCross) };
    },
    async recover({ runId, checks }, reason) {
      const open = checks.crossTests.filter(({ status }) => status === "queued" || status === "running");
      const nothing = { cached: false, durationMs: 0, passed: 0, total: 0, failing: [], tail: "", outputLength: 0 };
      const ends = open.map(({ id }) => ({ type: "crosstest.finished" as const, id, outcome: "error" as const, reason, ...nothing }));
      if (ends.length > 0) await tell(runId, ...ends);
    },
  };
}

/** Who writes tests: what a composition has, it has from the variations. Its own can be asked for by name. */
function authorsOf(run: RunState): string[] {
  return allTargets(run).filter((name) => variationOfTarget(name) !== undefined);
}

function isKnown(run: RunState, author: CheckTarget, code: CheckTarget): boolean {
  const known: CrossTest | undefined = run.checks.crossTests.find((one) => one.tests === author.name && one.code === code.name);
  if (known === undefined || known.testsTree !== author.tree || known.codeTree !== code.tree) return false;
  return known.status !== "error" && known.status !== "skipped";
}
