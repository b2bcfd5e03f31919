import { readFile, stat } from "node:fs/promises";
import type { Git, GitOptions } from "../git-command";
import { gitOf } from "../git-command";

/** Whose git it is. */
export interface GitUser {
  /** Holds `.gitconfig`. */
  home: string;
  /** Absent: the user that this server runs as. */
  user?: { uid: number; gid: number };
}

/**
 * What even the user's own git does not do for this server: run hooks (the tree of an agent may bring the scripts that they call), watch
 * files, descend into submodules, tidy up, open a pager or ask questions.
 */
const restraint = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.askPass=",
  "core.quotePath=false",
  "protocol.ext.allow=never",
  "submodule.recurse=false",
  "push.recurseSubmodules=no",
  "push.gpgSign=false",
  "diff.external=",
  "gc.auto=0",
  "maintenance.auto=false",
];

/**
 * git with the user's own configuration: line endings, clean and smudge filters, credential helpers are theirs. For their checkouts and for
 * pushes only; everything else uses `createGit`, which knows no configuration but its own.
 */
export function createUserGit({ home, user }: GitUser): Git {
  const environment = {
    PATH: "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin",
    HOME: home,
    LANG: "C.UTF-8",
    GIT_TERMINAL_PROMPT: "0",
    GCM_INTERACTIVE: "never",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_EDITOR: "true",
    GIT_ALLOW_PROTOCOL: "",
  };
  return gitOf((args: string[], options: GitOptions) => {
    const settings = [...restraint, ...(options.config ?? [])].flatMap((setting) => ["-c", setting]);
    const place = options.gitDir === undefined ? [] : [`--git-dir=${options.gitDir}`];
    const env = { ...environment, ...options.env };
    return { argv: [...settings, ...place, ...args], options: { ...options, env, user, cwd: options.cwd ?? "/" } };
  });
}

/**
 * The user that a folder belongs to, where this server may act as them: root writes a checkout as its owner, so that no file of it becomes
 * root's. Any other server acts as itself, and git refuses what is not its own.
 */
export async function ownerOf(path: string, serverHome: string): Promise<GitUser> {
  const { uid, gid } = await stat(path);
  if (process.getuid?.() !== 0 || uid === 0) return { home: serverHome };
  const account = await accountOf(uid);
  return { home: account?.home ?? "/nonexistent", user: { uid, gid: account?.gid ?? gid } };
}

/** `name:x:uid:gid:gecos:home:shell`, see passwd(5). */
async function accountOf(uid: number): Promise<{ gid: number; home: string } | undefined> {
  const accounts = await readFile("/etc/passwd", "utf8").catch(() => "");
  for (const line of accounts.split("\n")) {
    const [, , id, gid, , home] = line.split(":");
    if (id === String(uid) && gid !== undefined && home !== undefined && home !== "") return { gid: Number(gid), home };
  }
  return undefined;
}
