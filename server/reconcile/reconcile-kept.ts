import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { measureFolder } from "./measure-disk";
import { ageOf, eachGuarded, GRACE_MS, type ReconcileContext } from "./reconcile-context";

const RUN_ID = /^[a-z0-9]{12,24}$/;

/** What is kept of runs beside their logs, of runs that are not there: pictures are kept just before a run's log is, results of checks after it. */
export async function reconcileKept(context: ReconcileContext): Promise<void> {
  for (const kept of ["images", "checks/runs"]) await reconcileFolder(context, join(context.dataDir, kept));
}

async function reconcileFolder(context: ReconcileContext, folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const runIds = names.filter((name) => RUN_ID.test(name));
  await eachGuarded(
    context,
    runIds,
    (runId) => join(folder, runId),
    (runId) => reconcileRun(context, runId, join(folder, runId)),
  );
}

async function reconcileRun(context: ReconcileContext, runId: string, path: string): Promise<void> {
  const { index, trash, report, now } = context;
  const age = await ageOf(context, path);
  if (age === undefined || age < GRACE_MS || (await index.getRun(runId)) !== undefined) return;
  const { bytes } = await measureFolder(path);
  if (context.knowsNothing) {
    report.kept.push({ what: path, why: "The database knows no run at all. Is it the right one?", bytes });
    return;
  }
  const moved = await trash.put(path, now());
  report.actions.push({ kind: "moved_to_trash", what: path, why: `There is no such run. Now ${moved}.`, bytes });
}
