import type { RunConductor } from "./conduct-run";
import type { RunContext } from "./run-context";

/**
 * At start: takes up every run that had not ended. Its variations are attached again where their process still lives, started where they
 * had not been, and ended as `failed (lost)` otherwise. Resolves to how many runs were taken up.
 */
export async function recoverRuns(context: RunContext, conductor: RunConductor): Promise<number> {
  const runs = await context.index.unfinishedRuns();
  for (const runId of runs) conductor.conduct(runId);
  if (runs.length > 0) context.log.info({ runs: runs.length }, "taking up unfinished runs");
  return runs.length;
}
