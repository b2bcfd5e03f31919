import { access, lstat, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { readReports } from "../local/read-reports";
import { isPlain, isReachedByFolders } from "../local/take-dependencies";
import { unpackArchive } from "./unpack-archive";

/** 64 MB of reports, and tar's own. */
const REPORTS = { members: 1_000, bytes: 80 * 1024 ** 2 };
/** Of the list of what is kept. */
const MOST_LIST_BYTES = 4 * 1024 ** 2;
/** As much as one set-up may fetch, unpacked. */
const KEPT = { members: 2_000_000, bytes: 32 * 1024 ** 3 };

/** What a check's pod brought of its reports, unpacked into `folder`; nothing where it brought none. */
export async function takeReports(archive: string, folder: string): Promise<ReadonlyMap<string, Buffer>> {
  if (!(await exists(archive))) return new Map();
  await rm(folder, { recursive: true, force: true });
  await unpackArchive(archive, folder, REPORTS);
  return readReports(folder);
}

/**
 * What a set-up's pod brought, unpacked into `folder` as the local executor leaves it: `tree/…`, `home/…` and the list `kept`. Resolves to the
 * paths in the tree.
 */
export async function takeKept(archive: string, folder: string): Promise<string[]> {
  if (!(await exists(archive))) throw new Error("The pod did not bring what the set-up installed. Run it again.");
  await unpackArchive(archive, folder, KEPT);
  await expectKept(folder);
  const listed = (await readFile(join(folder, "kept"), "utf8")).split("\0").filter((entry) => entry !== "");
  for (const entry of listed) {
    const [, kind = "", path = ""] = /^(tree|home):([\s\S]+)$/.exec(entry) ?? [];
    if (!isPlain(path) || !(await isReachedByFolders(join(folder, kind), path)))
      throw new Error(`The pod's list of what was installed is wrong at "${entry.slice(0, 200)}".`);
  }
  return listed.filter((entry) => entry.startsWith("tree:")).map((entry) => entry.slice("tree:".length));
}

/** The set-up's own command could write what is packed: a link in the list's place, or in that of a file of the server's, would be followed. */
async function expectKept(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const stats = await lstat(join(folder, name));
    const fits = name === "kept" ? stats.isFile() && stats.size <= MOST_LIST_BYTES : ["tree", "home"].includes(name) && stats.isDirectory();
    if (!fits) throw new Error(`The pod brought something else than what a set-up installs: "${name.slice(0, 200)}".`);
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
