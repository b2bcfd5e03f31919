import { dirname } from "node:path";
import type { ConfinedProgram } from "./machine";

/** What every sandbox of this machine shares; found once by `probe-sandbox.ts`. */
export interface BubblewrapHost {
  /** Path of `bwrap`. */
  bwrap: string;
  /** Path of `setpriv`; only needed as root. */
  setpriv?: string;
  /** Path of the Node.js that runs the agent. */
  node: string;
  /** Paths of the read allow-list that exist here. */
  systemPaths: string[];
  /** Symbolic links at the root, such as `/bin → usr/bin`. */
  systemLinks: { path: string; target: string }[];
}

export interface SandboxedProgram extends ConfinedProgram {
  /** Descriptor with the compiled seccomp filter. */
  seccompFd?: number;
  /** Descriptor on which bwrap tells its child's process id. */
  statusFd?: number;
}

const SHARED_MEMORY_BYTES = 256 * 1024 * 1024;

/** Folders and files of the system that a sandbox may read, nothing else: toolchains, libraries, certificates, name look-up, time zones. */
export const SYSTEM_ALLOW_LIST = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/etc/alternatives",
  "/etc/ca-certificates",
  "/etc/ca-certificates.conf",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/localtime",
  "/etc/mime.types",
  "/etc/pki",
  "/etc/ssl",
  "/etc/timezone",
];

/**
 * Program → the arguments that run it in a sandbox. Pure. Root is told from the rest because a user namespace of root's is still root to
 * the host's files: as root the sandbox is made without one and the program becomes another user inside, with nothing left to regain.
 */
export function bubblewrapArguments(host: BubblewrapHost, program: SandboxedProgram, asRoot: boolean): string[] {
  const { argv, cwd, env, mounts, uid, seccompFd, statusFd } = program;
  return [
    host.bwrap,
    // A shim that is killed takes its sandbox along.
    "--die-with-parent",
    // No way back to a terminal: its input could be typed into.
    "--new-session",
    ...(asRoot ? ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--unshare-net"] : ["--unshare-all"]),
    ...(asRoot ? [] : ["--uid", String(uid), "--gid", String(uid)]),
    "--hostname",
    "workspace",
    ...parents([...host.systemPaths, ...nodePrefix(host.node), ...mounts.map(({ to }) => to)]),
    ...host.systemPaths.flatMap((path) => ["--ro-bind", path, path]),
    ...host.systemLinks.flatMap(({ path, target }) => ["--symlink", target, path]),
    ...nodePrefix(host.node).flatMap((path) => ["--ro-bind", path, path]),
    "--proc",
    "/proc",
    "--dev",
    "/dev",
    // Memory by another name.
    "--perms",
    "1777",
    "--size",
    String(SHARED_MEMORY_BYTES),
    "--tmpfs",
    "/dev/shm",
    ...mounts.flatMap(({ from, to, writable }) => [writable ? "--bind" : "--ro-bind", from, to]),
    // What bubblewrap made to hang the mounts in belongs to the agent's user where the server is not root.
    "--remount-ro",
    "/",
    "--clearenv",
    ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]),
    "--chdir",
    cwd,
    ...(statusFd === undefined ? [] : ["--json-status-fd", String(statusFd)]),
    ...(seccompFd === undefined ? [] : ["--seccomp", String(seccompFd)]),
    "--cap-drop",
    "ALL",
    ...(asRoot ? ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"] : []),
    "--",
    ...(asRoot ? becomeUser(host.setpriv ?? "setpriv", uid) : []),
    ...argv,
  ];
}

/** Without this bwrap makes the folders above a mount for root alone. */
function parents(paths: string[]): string[] {
  const above = paths.flatMap((path) => {
    const folders: string[] = [];
    for (let folder = dirname(path); folder !== "/"; folder = dirname(folder)) folders.unshift(folder);
    return folders;
  });
  return [...new Set(above)].flatMap((folder) => ["--perms", "0755", "--dir", folder]);
}

/** Gives up root for good: no capability stays in any set, and no set-uid program can bring one back. */
function becomeUser(setpriv: string, uid: number): string[] {
  return [
    setpriv,
    "--reuid",
    String(uid),
    "--regid",
    String(uid),
    "--clear-groups",
    "--inh-caps=-all",
    "--bounding-set=-all",
    "--no-new-privs",
    "--",
  ];
}

/** A Node.js outside `/usr` (nvm, volta) is shown with its own folder, and only that. */
function nodePrefix(node: string): string[] {
  return node.startsWith("/usr/") ? [] : [dirname(dirname(node))];
}

/** Search path inside: the agent's own Node.js first. */
export function sandboxPath(node: string): string {
  return [dirname(node), "/usr/local/bin", "/usr/bin", "/bin"].filter((path, at, all) => all.indexOf(path) === at).join(":");
}
