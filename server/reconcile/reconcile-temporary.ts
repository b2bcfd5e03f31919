import { lstat, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { removeFolder } from "../executors/local/remove-folder";
import { measureFolder } from "./measure-disk";
import { ageOf, DAY_MS, eachGuarded, GRACE_MS, type ReconcileContext, STALE_MS } from "./reconcile-context";

/** What a killed server left half-made: folders in `tmp`, files that were to be renamed into place, sockets that nobody listens on. */
export async function reconcileTemporary(context: ReconcileContext): Promise<void> {
  const { dataDir, layout, report } = context;
  const halves = (await namesIn(dataDir)).filter((name) => name.endsWith(".half")).map((name) => join(dataDir, name));
  const temporary = (await namesIn(layout.temporary)).map((name) => join(layout.temporary, name));
  await eachGuarded(
    context,
    [...halves, ...temporary],
    (path) => path,
    async (path) => {
      const { bytes, changedAt, atLeast } = await measureFolder(path);
      // Too large to be seen whole: something in it may be young.
      if (context.now() - changedAt < (atLeast ? DAY_MS : STALE_MS)) return;
      await removeFolder(path);
      report.actions.push({ kind: "temporary_removed", what: path, why: "Half-made, and nobody has gone on with it for an hour.", bytes });
    },
  );
  await reconcileSockets(context);
}

async function reconcileSockets(context: ReconcileContext): Promise<void> {
  const folder = join(context.dataDir, "gateway");
  await eachGuarded(
    context,
    (await namesIn(folder)).map((name) => join(folder, name)),
    (path) => path,
    async (path) => {
      // One that is bound and not yet listened on looks deserted: only old ones are.
      const age = await ageOf(context, path);
      if (age === undefined || age < GRACE_MS) return;
      if (!(await lstat(path)).isSocket() || !(await isDeserted(path))) return;
      await rm(path, { force: true });
      context.report.actions.push({ kind: "socket_removed", what: path, why: "Nobody listens on it." });
    },
  );
}

function isDeserted(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      // Whatever it says is read to the end: a caller that hangs up early is an error over there.
      socket.resume().end();
      resolve(false);
    });
    // Any other error, such as a full queue, comes from somebody.
    socket.on("error", (error) => resolve("code" in error && error.code === "ECONNREFUSED"));
  });
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
