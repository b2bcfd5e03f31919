import { allWork } from "@/lib/run/fit-state";
import { jobName } from "@/lib/run/select";
import { isTerminal } from "@/lib/run/state";
import type { RunConductor } from "./conduct-run";
import type { RunContext } from "./run-context";

/**
 * At start: takes up every run that had not ended. Its variations are attached again where their process still lives, started where they
 * had not been, and ended as `failed (lost)` otherwise. Whatever was started has its place before anything else may wait for one: it runs,
 * with or without somebody who follows it. Resolves to how many runs were taken up.
 */
export async function recoverRuns(context: RunContext, conductor: RunConductor): Promise<number> {
  const runs = await context.index.unfinishedRuns();
  const found = await Promise.all(runs.map(async (runId) => ({ runId, started: await startedAttempts(context, runId) })));
  for (const { runId, started } of found) conductor.conduct(runId, started);
  if (runs.length > 0) context.log.info({ runs: runs.length }, "taking up unfinished runs");
  return runs.length;
}

/** Names of the run's attempts that were started and whose end is not in the log. */
async function startedAttempts(context: RunContext, runId: string): Promise<string[]> {
  const { writer, index, executor, log } = context;
  const state = await writer.state(runId);
  const open = state === undefined ? [] : allWork(state).filter(({ status }) => !isTerminal(status));
  const names = open.map(async ({ index: variation, attempt, status }) => {
    const name = jobName(runId, variation, attempt);
    const record = await index.getAttempt(runId, variation, attempt);
    if (record?.executorRef !== undefined) return [name];
    // Nothing is started before the log says that it is being prepared.
    if (status === "queued") return [];
    const ref = await executor.adopt(name).catch((error: unknown) => log.warn({ err: error, name }, "could not look for a sandbox"));
    return ref === undefined ? [] : [name];
  });
  return (await Promise.all(names)).flat();
}
