import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
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

const MAX_LENGTH = 2_000;
/** Of a path, decoded: no encoded slash or quote gets through. */
const SEGMENT = /^[\p{L}\p{N}_.~+ -]+$/u;
/** Shown in a command they would be another one. */
const CONTROL = /[\u0000-\u001f\u007f]/;
const SCP_LIKE = /^([\w.-]+)@([\w.-]+):(?!\/\/)([\w./~+-]+)$/;

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
  const text = input.trim();
  if (text === "" || text.length > MAX_LENGTH) throw refuse("Give the address of a git repository, such as https://github.com/acme/shop.");
  if (/[\u0000-\u0020\u007f]/.test(text) && !text.startsWith("/"))
    throw refuse("The address holds white space or control characters: remove them.");
  if (text.startsWith("-")) throw refuse("An address may not begin with a dash.");
  if (text.startsWith("/")) return parsePath(text, rules);
  const scp = SCP_LIKE.exec(text);
  if (scp !== null) return parseUrl(`ssh://${scp[1]}@${scp[2]}/${scp[3]}`, rules);
  return parseUrl(text, rules);
}

function parseUrl(text: string, rules: AddressRules): RepositoryAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const named = url !== undefined && rules.gitHosts.some((host) => host === url.host || host === url.hostname);
  const plainHttp = url?.protocol === "http:" && named;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "ssh:" && !plainHttp)) {
    throw refuse("Only https:// and ssh:// addresses, git@host:path, and absolute paths inside an allowed folder can be used.");
  }
  const isSsh = url.protocol === "ssh:";
  if (url.password !== "" || (!isSsh && url.username !== "")) {
    throw refuse("The address holds credentials. Leave them out: they would be stored and shown with the project.");
  }
  if (isSsh && !/^[\w.-]*$/.test(url.username)) throw refuse("The user name of the ssh address cannot be used.");
  if (!/^(\[[0-9a-f:.]+\]|[\w][\w.-]*)$/i.test(url.hostname)) throw refuse("The host name of the address cannot be used.");
  if (url.search !== "" || url.hash !== "") throw refuse("Leave out everything from ? or # on: only the repository's address is wanted.");
  const segments = url.pathname.split("/").filter((segment) => segment !== "");
  if (segments.length === 0 || !segments.every((segment) => isPlain(segment))) {
    throw refuse("The address names no repository: it looks like https://github.com/acme/shop.");
  }
  const name = segments
    .slice(-2)
    .join("/")
    .replace(/\.git$/, "");
  const user = url.username === "" ? "" : `${url.username}@`;
  const clean = `${url.protocol}//${user}${url.host}/${segments.join("/")}`;
  return { kind: isSsh ? "ssh" : "https", url: clean, name };
}

function isPlain(segment: string): boolean {
  try {
    const text = decodeURIComponent(segment);
    return SEGMENT.test(text) && text !== "." && text !== "..";
  } catch {
    return false;
  }
}

async function parsePath(text: string, { localRoots, allowCommand }: AddressRules): Promise<RepositoryAddress> {
  const remedy =
    allowCommand === undefined || CONTROL.test(text)
      ? "Put its folder into AIDEATOR_LOCAL_REPOS, or give an https:// address."
      : `Allow it with: ${allowCommand(text)} (or put its folder into AIDEATOR_LOCAL_REPOS, or give an https:// address).`;
  const outside = refuse(`This path is not inside a folder that this server may read. ${remedy}`);
  if (text.includes("\0") || text.split("/").includes(".."))
    throw refuse("The path holds parts that are not allowed (.. or NUL): give the plain absolute path.");
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
