import { lstat, readFile, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { z } from "zod";
import type { DetectedSetup, ListedFile } from "./detect-setup";
import { blobId } from "./setup-hash";

/** Folders of a local checkout that can stand in for a set-up. Paths relative to it. */
export interface Seed {
  folders: string[];
}

const LARGEST_LOCK = 64 * 1024 * 1024;
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      link: z.boolean().optional(),
      optional: z.boolean().optional(),
      inBundle: z.boolean().optional(),
    }),
  ),
});

/**
 * Whether a checkout on this machine has installed exactly what the base's lock file says: same lock file, and the package manager's own
 * record of what it installed agrees. Undefined when not, or when that cannot be told.
 */
export async function seedFromCheckout(checkout: string, setup: DetectedSetup): Promise<Seed | undefined> {
  const [lock] = setup.locks;
  const listed = setup.hashed.find(({ path }) => path === lock);
  if (setup.seed === undefined || lock === undefined || listed === undefined) return undefined;
  for (const file of setup.hashed) if (!(await isSame(checkout, file))) return undefined;
  const text = await readFile(join(checkout, lock), "utf8");
  const folders = setup.seed === "npm" ? await npmFolders(checkout, text) : await pnpmFolders(checkout, text);
  if (folders === undefined || folders.length === 0) return undefined;
  for (const folder of folders) if (!(await isOwnFolder(checkout, folder))) return undefined;
  return { folders };
}

async function isSame(checkout: string, { path, blob }: ListedFile): Promise<boolean> {
  const file = join(checkout, path);
  const stats = await lstat(file).catch(() => undefined);
  if (stats === undefined || !stats.isFile() || stats.size > LARGEST_LOCK) return false;
  return blobId(await readFile(file)) === blob;
}

/** npm keeps beside what it installed a lock file of just that. */
async function npmFolders(checkout: string, lock: string): Promise<string[] | undefined> {
  const hidden = await readFile(join(checkout, "node_modules/.package-lock.json"), "utf8").catch(() => undefined);
  const [wanted, installed] = [parseLock(lock), parseLock(hidden ?? "")];
  if (wanted === undefined || installed === undefined) return undefined;
  const paths = Object.keys(wanted.packages).filter((path) => path.includes("node_modules/"));
  const complete = paths.every((path) => {
    const { version, optional = false } = wanted.packages[path] ?? {};
    const there = installed.packages[path];
    // What is optional is missing on machines that it is not for.
    return there === undefined ? optional : there.version === version;
  });
  const nothingElse = Object.keys(installed.packages).every((path) => wanted.packages[path] !== undefined);
  if (!complete || !nothingElse) return undefined;
  const above = paths.map((path) => path.slice(0, path.indexOf("node_modules/") + "node_modules".length));
  return [...new Set(above)];
}

function parseLock(text: string): z.infer<typeof lockSchema> | undefined {
  try {
    return lockSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** pnpm keeps a copy of the lock file that it installed; its importers are the workspaces. */
async function pnpmFolders(checkout: string, lock: string): Promise<string[] | undefined> {
  const installed = await readFile(join(checkout, "node_modules/.pnpm/lock.yaml"), "utf8").catch(() => undefined);
  if (installed !== lock) return undefined;
  const importers = /^importers:\n((?:[ \n].*\n?)*)/m.exec(lock)?.[1] ?? "";
  const names = [...importers.matchAll(/^ {2}'?([^\s:'][^:']*)'?:/gm)].map(([, name = ""]) => name);
  const folders = names.map((name) => (name === "." ? "node_modules" : `${name}/node_modules`));
  const there = await Promise.all(folders.map((folder) => lstat(join(checkout, folder)).catch(() => undefined)));
  return folders.filter((_, at) => there[at] !== undefined);
}

/** A real folder inside the checkout: no link on the way leads elsewhere. */
async function isOwnFolder(checkout: string, folder: string): Promise<boolean> {
  if (folder.split("/").some((part) => part === ".." || part === "")) return false;
  const root = await realpath(checkout);
  const real = await realpath(join(checkout, folder)).catch(() => undefined);
  if (real !== root + sep + folder.replaceAll("/", sep)) return false;
  return (await lstat(real)).isDirectory();
}
