import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type {
  CheckDetailsResponse,
  CrossMatrixResponse,
  ProjectCheck,
  RunChecksResponse,
  StartChecksOrder,
  StartCrossTestsOrder,
} from "@/lib/protocol/checks";
import type { CheckEvent } from "@/lib/run/check-events";
import { targetOfVariation } from "@/lib/run/check-names";
import type { CheckRun } from "@/lib/run/check-state";
import { passesItsChecks } from "@/lib/run/check-table";
import type { RunEvent } from "@/lib/run/events";
import { isTerminal, type RunState } from "@/lib/run/state";
import { AppError } from "../app-error";
import type { CheckContext } from "./check-context";
import { createCheckQueue } from "./check-queue";
import { allTargets, type CheckTarget, targetNamed } from "./check-targets";
import { createCrossTests } from "./cross-tests";
import { describeCheck, describeCross, describeDetails } from "./describe-checks";
import { produceResult, skippedResult } from "./produce-result";
import { checkSandboxName, isCheckSandbox } from "./run-command";
import type { StoredResult } from "./stored-result";
import { summarizeComparison, summarizeResult } from "./summarize-result";

/** Checks of runs: queued, run in sandboxes, held against the base, told to the log. */
export interface CheckService {
  list(runId: string): Promise<RunChecksResponse>;
  details(runId: string, id: string): Promise<CheckDetailsResponse>;
  /** A part of the kept output. */
  output(runId: string, id: string, range: { from: number; limit: number }): Promise<string>;
  /** Queues checks; resolves once they are in the log. What is open or known already for the same tree is not queued again unless forced. */
  start(runId: string, order: StartChecksOrder): Promise<{ queued: number }>;
  /** Ends what is queued or under way. */
  cancel(runId: string): Promise<{ queued: number }>;
  crossMatrix(runId: string): Promise<CrossMatrixResponse>;
  startCrossTests(runId: string, order: StartCrossTestsOrder): Promise<{ queued: number }>;
  /** At start: ends what a killed server had under way, and tries it once more. */
  recover(): Promise<void>;
  /** Resolves once nothing runs any more: after `draining` aborted, soon. */
  settled(): Promise<void>;
  /** True while a sandbox of this process goes by this name. */
  isChecking(name: string): boolean;
}

export const INTERRUPTED = "interrupted: the server was stopped while this ran";
const STOPPED = "it was stopped";

/** See `CheckService`. `limit`: how many checks run at once. */
export function createCheckService(context: CheckContext, limit: number): CheckService {
  const { writer, store, projects, git, log, now, draining } = context;
  const queue = createCheckQueue({ limit, load: context.load, draining });
  const sandboxes = new Set<string>();
  const forced = new Set<string>();
  /** One after the other per run: what is open must be known before more is queued. */
  const turns = new Map<string, Promise<unknown>>();
  const background = new Set<Promise<void>>();

  function inTurn<T>(runId: string, task: () => Promise<T>): Promise<T> {
    const turn = (turns.get(runId) ?? Promise.resolve()).then(task, task);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    turns.set(runId, settled);
    void settled.then(() => {
      if (turns.get(runId) === settled) turns.delete(runId);
    });
    return turn;
  }

  function later(task: Promise<unknown>, what: object): void {
    const guarded = task.then(
      () => undefined,
      (error: unknown) => log.error({ err: error, ...what }, "checks of a run failed at something"),
    );
    background.add(guarded);
    void guarded.then(() => background.delete(guarded));
  }

  async function stateOf(runId: string): Promise<RunState> {
    const state = await writer.state(runId);
    if (state === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
    return state;
  }

  async function tell(runId: string, ...events: CheckEvent[]): Promise<void> {
    const at = now();
    await writer.record(
      runId,
      events.map((event) => ({ at, event })),
    );
  }

  /** Sandboxes have names of their own while they are there, so that nobody takes them for leftovers. */
  async function inSandbox<T>(work: (name: string) => Promise<T>): Promise<T> {
    const name = checkSandboxName();
    sandboxes.add(name);
    try {
      return await work(name);
    } finally {
      sandboxes.delete(name);
    }
  }

  async function enqueue(
    run: RunState,
    pairs: readonly { target: CheckTarget; check: ProjectCheck }[],
    { again, force = false }: { again?: true; force?: boolean } = {},
  ): Promise<void> {
    const queued = pairs.map(({ target, check }) => ({
      type: "check.queued" as const,
      id: randomBytes(10).toString("hex"),
      target: target.name,
      commit: target.commit,
      tree: target.tree,
      check: check.id,
      name: check.name,
      kind: check.kind,
      ...(check.command === null ? {} : { command: check.command }),
      ...(again === undefined ? {} : { again }),
    }));
    if (queued.length === 0) return;
    await store.markOpen(run.runId);
    await tell(run.runId, ...queued);
    for (const { id, target } of queued) {
      if (force) forced.add(id);
      queue.add({ id, runId: run.runId, target, work: (signal) => work(run.runId, id, signal) });
    }
  }

  async function work(runId: string, id: string, signal: AbortSignal): Promise<void> {
    try {
      const run = await stateOf(runId);
      const check = run.checks.runs.find((one) => one.id === id);
      if (check === undefined) return;
      if (!signal.aborted) await tell(runId, { type: "check.started", id });
      const produce = (name: string) => produceResult(context, run, check, { name, force: forced.has(id) }, signal);
      const produced = await inSandbox(produce).catch((error: unknown) => {
        // What a restart finds under way it tries again.
        if (draining.aborted) return undefined;
        if (!signal.aborted) log.error({ err: error, runId, check: check.check }, "a check could not be run");
        const why = error instanceof Error ? error.message : String(error);
        const kept = signal.aborted ? skippedResult(STOPPED) : skippedResult(`The server could not do it (${why.slice(0, 300)}).`, "error");
        return { kept, cached: false };
      });
      if (produced === undefined) return;
      await store.save(runId, id, produced.kept);
      // Together: nobody sees an end without what it means.
      await inTurn(runId, async () => {
        const finished = { type: "check.finished" as const, id, ...summarizeResult(produced.kept, produced.cached) };
        await tell(runId, finished, ...(await comparisons(runId, check, produced.kept.result)));
      });
      await raceEnds(runId, check);
      await closeIfDone(runId);
    } catch (error) {
      log.error({ err: error, runId, id }, "a check could not be told");
    } finally {
      forced.delete(id);
    }
  }

  /** With the base once that has come to a verdict as well; a base that has just come to one is compared with all. */
  async function comparisons(runId: string, check: CheckRun, result: StoredResult): Promise<CheckEvent[]> {
    const judged = (verdict: string): boolean => verdict === "passed" || verdict === "failed";
    if (!judged(result.verdict)) return [];
    const others = (await stateOf(runId)).checks.runs.filter(
      (one) =>
        one.check === check.check && one.id !== check.id && judged(one.status) && (one.target === "base") !== (check.target === "base"),
    );
    const events: CheckEvent[] = [];
    for (const other of others) {
      const theirs = await store.result(runId, other.id);
      if (theirs === undefined) continue;
      const [base, target] = check.target === "base" ? [result, theirs] : [theirs, result];
      const [baseId, id] = check.target === "base" ? [check.id, other.id] : [other.id, check.id];
      events.push({ type: "check.compared", id, baseId, ...summarizeComparison(base, target) });
    }
    return events;
  }

  async function closeIfDone(runId: string): Promise<void> {
    await inTurn(runId, async () => {
      const { runs, crossTests } = (await stateOf(runId)).checks;
      const open = [...runs, ...crossTests].some(({ status }) => status === "queued" || status === "running");
      if (!open) await store.clearOpen(runId);
    });
  }

  /** The race control: the others are stopped once one has ended and passes all of its checks. */
  async function raceEnds(runId: string, { target }: CheckRun): Promise<void> {
    const run = await stateOf(runId);
    const winner = run.variations.find(({ index }) => targetOfVariation(index) === target);
    if (winner === undefined || winner.status !== "completed" || !passesItsChecks(run, target)) return;
    if (!(await projects.settings(run.projectId)).stop_when_passed) return;
    for (const { index, status, stopRequested } of run.variations) {
      if (index === winner.index || isTerminal(status) || stopRequested) continue;
      later(context.stopVariation(runId, index), { runId, variation: index });
    }
  }

  function schedule(runId: string, order: StartChecksOrder, options: { automatic: boolean }): Promise<{ queued: number }> {
    return inTurn(runId, async () => {
      const run = await stateOf(runId);
      const enabled = (await projects.checksOf(run)).filter((check) => check.enabled || order.checks?.includes(check.id) === true);
      const chosen = enabled.filter(({ id }) => order.checks === undefined || order.checks.includes(id));
      const missing = order.checks?.find((id) => !chosen.some((check) => check.id === id));
      if (missing !== undefined) {
        const known = enabled.map(({ id }) => id).join(", ");
        throw new AppError("not_found", `This project has no check ${missing}.`, [{ field: "checks", message: `Give some of ${known}.` }]);
      }
      const targets = await Promise.all((order.targets ?? allTargets(run)).map((name) => targetNamed(git, run, name)));
      const pairs = targets.flatMap((target) =>
        chosen
          // Without a change there is nothing to scan or to measure.
          .filter(({ command }) => target.name !== "base" || command !== null)
          .filter((check) => order.force || !isKnown(run, target, check))
          .map((check) => ({ target, check })),
      );
      if (options.automatic && !(await wanted(run, chosen))) return { queued: 0 };
      await enqueue(run, pairs, { force: order.force });
      return { queued: pairs.length };
    });
  }

  async function wanted(run: RunState, checks: readonly ProjectCheck[]): Promise<boolean> {
    if (!(await projects.settings(run.projectId)).automatic) return false;
    return checks.some(({ command }) => command !== null) && (await projects.available()).possible;
  }

  function react({ event, variation }: RunEvent, runId: string): void {
    switch (event.type) {
      case "variation.completed":
      case "variation.failed": {
        queue.pump();
        if (variation === undefined || draining.aborted) return;
        later(whenEnded(runId, variation), { runId, variation });
        return;
      }
      case "variation.requeued": {
        if (variation === undefined) return;
        const target = targetOfVariation(variation);
        later(
          queue.cancel((one) => one.runId === runId && one.target === target),
          { runId },
        );
        return;
      }
      case "run.stop_requested":
        later(
          queue.cancel((one) => one.runId === runId),
          { runId },
        );
        return;
      default:
        return;
    }
  }

  async function whenEnded(runId: string, variation: number): Promise<void> {
    // First: a server that is killed before the checks are in the log finds here that they are wanted.
    await store.markOpen(runId);
    const run = await stateOf(runId);
    const due = run.variations[variation]?.snapshot !== undefined && !run.stopRequested;
    if (due) await schedule(runId, { targets: ["base", targetOfVariation(variation)], force: false }, { automatic: true });
    await closeIfDone(runId);
  }

  const crossTests = createCrossTests(context, { queue, tell, stateOf, inTurn, inSandbox, closeIfDone });

  async function recoverRun(runId: string): Promise<void> {
    const run = await stateOf(runId);
    const isOpen = ({ status }: { status: string }): boolean => status === "queued" || status === "running";
    const open = run.checks.runs.filter(isOpen);
    const nothing = { cached: false, durationMs: 0, tail: "", outputLength: 0, reason: INTERRUPTED };
    const ends = open.map(({ id }) => ({ type: "check.finished" as const, id, verdict: "error" as const, exitCode: null, ...nothing }));
    if (ends.length > 0) await tell(runId, ...ends);
    await crossTests.recover(run, INTERRUPTED);
    const pairs = open
      .filter(({ again, status }) => again !== true || status === "queued")
      .map(({ target, commit, tree, check, name, kind, command = null }) => ({
        target: { name: target, commit, tree },
        check: { id: check, name, kind, command, from: null, enabled: true },
      }));
    await enqueue(run, pairs, { again: true });
    for (const { index, status, snapshot } of run.variations) {
      const target = targetOfVariation(index);
      const seen = run.checks.runs.some((one) => one.target === target && one.tree === snapshot?.tree);
      if ((status === "completed" || status === "failed") && !seen) await whenEnded(runId, index);
    }
    await closeIfDone(runId);
  }

  writer.onCommit((runId, events) => {
    for (const event of events) react(event, runId);
  });

  return {
    async list(runId) {
      const run = await stateOf(runId);
      const [checks, available, { automatic }] = await Promise.all([
        projects.checksOf(run),
        projects.available(),
        projects.settings(run.projectId),
      ]);
      const { runs, crossTests: cells } = run.checks;
      return { available, automatic, checks, runs: runs.map(describeCheck), cross_tests: cells.map(describeCross) };
    },
    async details(runId, id) {
      const { runs } = (await stateOf(runId)).checks;
      const check = runs.find((one) => one.id === id);
      if (check === undefined) throw noCheck(id);
      const base = runs.find((one) => one.check === check.check && one.target === "base");
      const result = await store.result(runId, id);
      const kept = check.comparison === undefined || base === undefined ? undefined : await store.result(runId, base.id);
      return describeDetails(check, result, kept);
    },
    async output(runId, id, { from, limit }) {
      const { runs, crossTests: cells } = (await stateOf(runId)).checks;
      if (![...runs, ...cells].some((one) => one.id === id)) throw noCheck(id);
      return ((await store.output(runId, id)) ?? "").slice(from, from + limit);
    },
    start: (runId, order) => schedule(runId, order, { automatic: false }),
    async cancel(runId) {
      await stateOf(runId);
      return { queued: await queue.cancel((one) => one.runId === runId) };
    },
    crossMatrix: (runId) => crossTests.matrix(runId),
    startCrossTests: (runId, order) => crossTests.start(runId, order),
    async recover() {
      await removeSandboxes(context);
      for (const runId of await store.openRuns()) {
        await recoverRun(runId).catch((error: unknown) => log.error({ err: error, runId }, "checks of a run could not be recovered"));
      }
    },
    async settled() {
      await Promise.allSettled(background);
      await queue.settled();
    },
    isChecking: (name) => sandboxes.has(name),
  };
}

/** What a killed server left behind; its sandboxes outlive it. */
async function removeSandboxes({ dataDir, executor }: CheckContext): Promise<void> {
  const names = await readdir(join(dataDir, "attempts")).catch(() => []);
  for (const name of names) if (isCheckSandbox(name)) await executor.cleanup(name);
  await rm(join(dataDir, "checks", "tmp"), { recursive: true, force: true });
}

/** On this tree it is under way, or has come to a verdict. */
function isKnown(run: RunState, target: CheckTarget, check: ProjectCheck): boolean {
  const known = run.checks.runs.find((one) => one.target === target.name && one.check === check.id);
  if (known === undefined || known.tree !== target.tree || known.command !== (check.command ?? undefined)) return false;
  return known.status !== "error" && known.status !== "skipped";
}

function noCheck(id: string): AppError {
  return new AppError("not_found", `This run has no check ${id}.`, [
    { field: "check_run", message: "Take an id from the list of checks." },
  ]);
}
