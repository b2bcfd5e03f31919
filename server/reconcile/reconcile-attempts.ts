import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { jobName } from "@/lib/run/select";
import { attemptFiles } from "../executors/local/attempt-files";
import { type AttemptStanding, attemptStanding } from "./attempt-standing";
import { measureFolder } from "./measure-disk";
import { ageOf, DAY_MS, eachGuarded, GRACE_MS, type ReconcileContext } from "./reconcile-context";

type Ended = Extract<AttemptStanding, { kind: "ended" }>;

/**
 * Folders of attempts: those of live ones stay as they are; those whose work is in the run's repository go; those with work that is
 * nowhere else are kept and reported, and go to the trash when they have been kept long enough; those of no run go to the trash.
 * `busy` are attempts whose processes could not be ended.
 */
export async function reconcileAttempts(context: ReconcileContext, busy: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(context.attemptsDir, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() && entry.name.startsWith("agent-") && !busy.has(entry.name));
  await eachGuarded(
    context,
    names.map(({ name }) => name),
    (name) => join(context.attemptsDir, name),
    (name) => reconcileAttempt(context, name),
  );
  await reportLostTrees(context);
}

async function reconcileAttempt(context: ReconcileContext, name: string): Promise<void> {
  const folder = join(context.attemptsDir, name);
  const standing = await attemptStanding(context, name);
  switch (standing.kind) {
    case "live":
      return;
    case "foreign":
      return keep(context, folder, "The run is there, but its log knows no such attempt.");
    case "unknown": {
      const age = await ageOf(context, folder);
      if (age === undefined || age < GRACE_MS) return;
      if (context.knowsNothing) return keep(context, folder, "The database knows no run at all. Is it the right one?");
      return toTrash(context, name, "unknown", "There is no such run.");
    }
    case "ended":
      return reconcileEnded(context, name, standing);
  }
}

async function reconcileEnded(context: ReconcileContext, name: string, standing: Ended): Promise<void> {
  const files = attemptFiles(context.attemptsDir, name);
  const age = await ageOf(context, files.folder);
  if (age === undefined) return;
  const { endedAt } = standing;
  const sinceEnd = Math.min(age, endedAt === undefined ? Number.POSITIVE_INFINITY : context.now() - endedAt);
  const expendable = await whyExpendable(context, standing, files.launch);
  if (expendable !== undefined) {
    // Its supervisor does the same thing at this moment, most likely; unless it went with the server that was here before.
    const supervised = endedAt === undefined || endedAt >= context.startedAt;
    if (supervised && sinceEnd < GRACE_MS) return;
    return cleanup(context, name, expendable);
  }
  const { keptTreesDays } = context.retention;
  if (sinceEnd < keptTreesDays * DAY_MS) {
    const kept = (await exists(files.tree)) ? files.tree : files.folder;
    return keep(
      context,
      kept,
      `Its last snapshot is not in the run's repository: this may be the only copy. Kept for ${keptTreesDays} days.`,
    );
  }
  await toTrash(context, name, "ended", `Its last snapshot failed; it was kept for ${keptTreesDays} days.`);
}

/** Why nothing would be lost with the folder; undefined when something might. The log's word is not enough: the commit must be there. */
async function whyExpendable({ git, layout }: ReconcileContext, standing: Ended, launchFile: string): Promise<string | undefined> {
  const { runId, variation, attempt, finalCommit } = standing;
  if (finalCommit !== undefined) {
    const ref = `refs/aideator/${variation}/${attempt}^{commit}`;
    const gitDir = layout.runRepository(runId);
    const commit = await git.text(["rev-parse", "--verify", "--quiet", ref], { gitDir, allowCodes: [1, 128] });
    return commit === finalCommit ? "The attempt has ended, and its work is in the run's repository." : undefined;
  }
  // Written before the first program that could change the tree is started.
  if (!(await exists(launchFile))) return "The attempt has ended, and no program ever ran in its tree.";
  return undefined;
}

async function cleanup(context: ReconcileContext, name: string, why: string): Promise<void> {
  const folder = join(context.attemptsDir, name);
  const { bytes } = await measureFolder(folder);
  if ((await attemptStanding(context, name)).kind !== "ended") return;
  try {
    await context.executor.cleanup(name);
  } catch (error) {
    // Agents can make folders that resist. The trash has stronger means, and meanwhile the folder is out of the way.
    const path = await context.trash.put(folder, context.now()).catch(() => Promise.reject(error));
    context.report.actions.push({ kind: "moved_to_trash", what: folder, why: `${why} It could not be removed. Now ${path}.`, bytes });
    return;
  }
  context.report.actions.push({ kind: "attempt_removed", what: folder, why, bytes });
}

async function toTrash(context: ReconcileContext, name: string, expected: AttemptStanding["kind"], why: string): Promise<void> {
  const folder = join(context.attemptsDir, name);
  const { bytes } = await measureFolder(folder);
  // Measuring took its time: a run may have come to life meanwhile.
  if ((await attemptStanding(context, name)).kind !== expected || context.signal.aborted) return;
  const path = await context.trash.put(folder, context.now());
  context.report.actions.push({ kind: "moved_to_trash", what: folder, why: `${why} Now ${path}.`, bytes });
}

async function keep(context: ReconcileContext, path: string, why: string): Promise<void> {
  const { bytes } = await measureFolder(path);
  context.report.kept.push({ what: path, why, bytes });
}

/** A working tree that somebody deleted under a running agent: nothing can be done here, but it must not stay unsaid. */
async function reportLostTrees(context: ReconcileContext): Promise<void> {
  const { index, writer, attemptsDir, report } = context;
  await eachGuarded(
    context,
    await index.unfinishedRuns(),
    (runId) => runId,
    async (runId) => {
      for (const { index: number, attempt, executor } of await runningIn(writer.state(runId))) {
        const { tree } = attemptFiles(attemptsDir, jobName(runId, number, attempt));
        if (executor !== "local" || (await exists(tree))) continue;
        // It may have ended, and been cleaned up, between the two looks.
        const still = (await runningIn(writer.state(runId))).some((other) => other.index === number && other.attempt === attempt);
        if (still) report.errors.push({ what: tree, message: "The working tree of a running agent is gone." });
      }
    },
  );
}

async function runningIn(loading: ReturnType<ReconcileContext["writer"]["state"]>) {
  return (await loading)?.variations.filter(({ status }) => status === "running") ?? [];
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
