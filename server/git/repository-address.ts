import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { readAddress } from "@/lib/protocol/repository-address";
import { AppError } from "../app-error";
import type { RepositoryAddress } from "./git-store";

export interface AddressRules {
  /** Folders whose repositories may be named by path. */
  localRoots: string[];
  /** `host` or `host:port` from which cloning is allowed although they are not public, also by http. */
  gitHosts: string[];
  /** A command that allows this path, where the person who reads the refusal can run one. */
  allowCommand?: (path: string) => string;
}

/** Shown in a command they would be another one. */
const CONTROL = /[\u0000-\u001f\u007f]/;

function refuse(message: string): AppError {
  return new AppError("bad_request", message, [{ field: "github_url", message }]);
}

/** The command line's way to allow a path, quoted for a POSIX shell. */
export function allowCommand(path: string): string {
  const plain = /^[\w@%+=:,./-]+$/.test(path);
  return `npx aideator allow ${plain ? path : `'${path.replaceAll("'", "'\\''")}'`}`;
}

/**
 * What a user typed → an address that may be given to git, by allow-list: https, ssh, `git@host:path`, and absolute paths of repositories
 * inside an allowed folder. Throws `AppError` with the remedy; never repeats credentials.
 */
export async function parseRepositoryAddress(input: string, rules: AddressRules): Promise<RepositoryAddress> {
  const read = readAddress(input, rules.gitHosts);
  if ("refusal" in read) throw refuse(read.refusal);
  return read.address.kind === "path" ? parsePath(read.address.url, rules) : read.address;
}

async function parsePath(text: string, { localRoots, allowCommand }: AddressRules): Promise<RepositoryAddress> {
  const remedy =
    allowCommand === undefined || CONTROL.test(text)
      ? "Put its folder into AIDEATOR_LOCAL_REPOS, or give an https:// address."
      : `Allow it with: ${allowCommand(text)} (or put its folder into AIDEATOR_LOCAL_REPOS, or give an https:// address).`;
  const outside = refuse(`This path is not inside a folder that this server may read. ${remedy}`);
  const path = await realpath(text).catch(() => undefined);
  // The same sentence for what is not there and what is not allowed: nobody learns which paths exist.
  if (path === undefined) throw outside;
  const roots = await Promise.all(localRoots.map((root) => realpath(root).catch(() => undefined)));
  if (!roots.some((root) => root !== undefined && (path === root || path.startsWith(root + sep)))) throw outside;
  if (!(await isRepository(path)))
    throw refuse("There is no git repository in this folder. Run git init and commit there first, or give another folder.");
  const isBare = basename(path) === ".git";
  return { kind: "path", url: isBare ? dirname(path) : path, name: basename(isBare ? dirname(path) : path).replace(/\.git$/, "") };
}

/** True for a checkout, a linked work tree and a bare repository. */
export async function isRepository(path: string): Promise<boolean> {
  const exists = (name: string): Promise<boolean> =>
    stat(join(path, name)).then(
      () => true,
      () => false,
    );
  return (await exists(".git")) || ((await exists("HEAD")) && (await exists("objects")));
}
