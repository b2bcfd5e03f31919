import type { Dirent } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { measureFolder } from "./measure-disk";
import { ageOf, eachGuarded, GRACE_MS, guarded, type ReconcileContext, STALE_MS } from "./reconcile-context";

const RUN_REPOSITORY = /^([a-z0-9]{12,24})\.git$/;
/** Kept alive for a run: `refs/aideator/base/{runId}` of a mirror. */
const PINS = "refs/aideator/base/";

/** The bare repositories of runs and mirrors: ones of no run, locks and half-made packs of a git that was killed, pins of no run. */
export async function reconcileRepositories(context: ReconcileContext): Promise<void> {
  const runsDir = join(context.dataDir, "runs");
  const runs = await foldersIn(runsDir);
  await eachGuarded(
    context,
    runs,
    (name) => join(runsDir, name),
    (name) => reconcileRunRepository(context, runsDir, name),
  );
  const mirrors = (await foldersIn(context.layout.mirrors)).map((name) => join(context.layout.mirrors, name));
  const kept = (await foldersIn(runsDir)).map((name) => join(runsDir, name));
  for (const path of [...mirrors, ...kept]) await guarded(context, path, () => removeRemains(context, path));
  const needed = new Set([...(await foldersIn(runsDir)), ...(await context.trash.list()).map(({ name }) => name)]);
  for (const path of mirrors) await guarded(context, path, () => removePins(context, path, needed));
}

async function reconcileRunRepository(context: ReconcileContext, runsDir: string, name: string): Promise<void> {
  const { index, trash, report, now } = context;
  const path = join(runsDir, name);
  const runId = RUN_REPOSITORY.exec(name)?.[1];
  if (runId === undefined || (await index.getRun(runId)) !== undefined) return;
  const age = await ageOf(context, path);
  if (age === undefined || age < GRACE_MS) return;
  const { bytes } = await measureFolder(path);
  if (context.knowsNothing) {
    report.kept.push({ what: path, why: "The database knows no run at all. Is it the right one?", bytes });
    return;
  }
  if ((await index.getRun(runId)) !== undefined || context.signal.aborted) return;
  const moved = await trash.put(path, now());
  report.actions.push({ kind: "moved_to_trash", what: path, why: `There is no such run. Now ${moved}.`, bytes });
}

/** Locks and half-made packs that are older than any git of ours can be. */
async function removeRemains(context: ReconcileContext, gitDir: string): Promise<void> {
  const found = [
    // No ref may end so: git itself refuses such names.
    ...(await entriesIn(gitDir, /\.lock$/)),
    ...(await entriesIn(join(gitDir, "refs"), /\.lock$/, true)),
    ...(await entriesIn(join(gitDir, "objects/info"), /\.lock$/, true)),
    ...(await entriesIn(join(gitDir, "objects/pack"), /^\.?tmp[_-]|\.lock$/)),
  ];
  await eachGuarded(
    context,
    found,
    (path) => path,
    async (path) => {
      const { bytes } = await measureFolder(path);
      const age = await ageOf(context, path);
      if (age === undefined || age < STALE_MS) return;
      await rm(path, { force: true });
      const lock = path.endsWith(".lock");
      const why = lock ? "No git holds a lock for so long: its owner was killed." : "A pack that nobody finished.";
      context.report.actions.push({ kind: lock ? "lock_removed" : "temporary_removed", what: path, why, bytes });
    },
  );
}

/** `repositories`: names of run repositories that exist or lie in the trash; until these are gone they live on what is pinned. */
async function removePins(context: ReconcileContext, mirror: string, repositories: ReadonlySet<string>): Promise<void> {
  const { git, index, report } = context;
  if (context.knowsNothing) return;
  const listed = await git.text(["for-each-ref", "--format=%(objectname) %(refname)", PINS], { gitDir: mirror });
  await eachGuarded(
    context,
    listed.split("\n").filter((line) => line !== ""),
    (line) => `${mirror} ${line}`,
    async (line) => {
      const [commit = "", ref = ""] = line.split(" ");
      const runId = ref.slice(PINS.length);
      if (repositories.has(`${runId}.git`) || (await index.getRun(runId)) !== undefined) return;
      // Only while it is what was looked at.
      await git.run(["update-ref", "-d", ref, commit], { gitDir: mirror });
      report.actions.push({ kind: "pin_removed", what: `${mirror} ${ref}`, why: "There is no such run." });
    },
  );
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && entry.name.endsWith(".git")).map(({ name }) => name);
}

/** Plain files of a folder with such a name; absolute paths. */
async function entriesIn(folder: string, pattern: RegExp, recursive = false): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true, recursive }).catch(() => []);
  return entries.filter((entry) => entry.isFile() && pattern.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
}
