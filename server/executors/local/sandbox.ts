import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { SandboxMeasure, SandboxReport } from "../executor";
import { type BubblewrapHost, bubblewrapArguments, type SandboxedProgram, SYSTEM_ALLOW_LIST, sandboxPath } from "./bubblewrap";
import { findProgram } from "./find-program";
import { runProgram } from "./run-program";
import { seccompFilter } from "./seccomp-filter";

const PROBE_TIMEOUT_MS = 10_000;
const REMEDY = "Install bubblewrap: sudo apt-get install bubblewrap, then restart the server.";

/** How programs run on this machine. */
export interface Sandbox {
  report: SandboxReport;
  /** The arguments that run this program confined or, without isolation, as it is. */
  wrap(program: SandboxedProgram): string[];
  /** False: mounts do not exist, so host paths are used and nothing is confined. */
  isolated: boolean;
  /** True: a user of its own for each attempt, to whom its files must be given. */
  changesUser: boolean;
  /** The filter that `seccompFd` of a program stands for; absent: this machine or its bubblewrap has none. */
  seccomp?: Buffer;
  node: string;
  path: string;
}

/** Finds out by trying: a program that is installed may still be forbidden to make namespaces. */
export async function probeSandbox(): Promise<Sandbox> {
  const node = realpathSync(process.execPath);
  const asRoot = process.getuid?.() === 0;
  if (process.platform !== "linux") return withoutSandbox("Sandboxes need Linux with bubblewrap in this version.");
  const bwrap = await findProgram("bwrap");
  if (bwrap === undefined) return withoutSandbox(REMEDY);
  const setpriv = await findProgram("setpriv");
  if (asRoot && setpriv === undefined)
    return withoutSandbox("As root a sandbox needs setpriv: apt-get install util-linux, then restart the server.");
  const host: BubblewrapHost = { bwrap, setpriv, node, ...systemView() };
  const wrap = (program: SandboxedProgram): string[] => bubblewrapArguments(host, program, asRoot);
  const filter = seccompArchitecture() === undefined ? undefined : seccompFilter(seccompArchitecture() ?? "x64");
  const seccomp = filter !== undefined && (await tryOut(wrap, node, filter)) === undefined ? filter : undefined;
  const refusal = seccomp === undefined ? await tryOut(wrap, node) : undefined;
  if (refusal !== undefined) {
    return withoutSandbox(
      `bubblewrap is installed but could not make a sandbox (${refusal}). Unprivileged user namespaces may be switched off here.`,
    );
  }
  const user = asRoot ? "a user of its own" : "own user namespace";
  return {
    report: {
      summary: `bubblewrap · no network · own processes · ${user} · no capabilities`,
      isolated: true,
      measures: isolation(user, seccomp !== undefined),
    },
    wrap,
    isolated: true,
    seccomp,
    changesUser: asRoot,
    node,
    path: sandboxPath(node),
  };
}

/** Programs run as they are: with the server's rights, on its files. */
export function withoutSandbox(remedy: string): Sandbox {
  const node = realpathSync(process.execPath);
  return {
    report: { summary: "no sandbox", isolated: false, measures: [{ name: "isolation", inForce: false, how: remedy }], remedy },
    wrap: ({ argv }) => argv,
    isolated: false,
    changesUser: false,
    node,
    path: [dirname(node), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
  };
}

function seccompArchitecture(): "x64" | "arm64" | undefined {
  return process.arch === "x64" || process.arch === "arm64" ? process.arch : undefined;
}

/** Each of these was seen to hold in the sandbox that was tried out. */
function isolation(user: string, filtered: boolean): SandboxMeasure[] {
  const seccomp = filtered ? "kernel interfaces that a build does not need are refused" : "there is no filter for this machine";
  return [
    { name: "files", inForce: true, how: "its own tree, home and temporary folder; the system read-only; nothing else" },
    { name: "network", inForce: true, how: "none but the model gateway" },
    { name: "processes of others", inForce: true, how: "a process namespace of its own" },
    { name: "user", inForce: true, how: user },
    { name: "privileges", inForce: true, how: "no capabilities, none to be regained" },
    { name: "system calls", inForce: filtered, how: seccomp },
  ];
}

/** Starts one with everything that a real one has; answers why it failed. */
async function tryOut(wrap: Sandbox["wrap"], node: string, seccomp?: Buffer): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "aideator-probe-"));
  try {
    await mkdir(join(folder, "shown"));
    // Inside there are no capabilities, one network interface, and a process table that begins with it.
    const script = `const fs = require("node:fs"); const status = fs.readFileSync("/proc/self/status", "utf8");
      const net = Object.keys(require("node:os").networkInterfaces()).filter((name) => name !== "lo");
      process.stdout.write(JSON.stringify({ uid: process.getuid(), caps: /CapEff:\\s*(\\w+)/.exec(status)[1],
        nnp: /NoNewPrivs:\\s*(\\d)/.exec(status)[1], seccomp: /Seccomp:\\s*(\\d)/.exec(status)[1], net, pids: process.pid < 20 }));`;
    const argv = wrap({
      argv: [node, "-e", script],
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
      mounts: [{ from: join(folder, "shown"), to: "/workspace", writable: false }],
      uid: 61_000,
      seccompFd: seccomp === undefined ? undefined : 3,
    });
    if (seccomp !== undefined) await writeFile(join(folder, "filter"), seccomp);
    const filter = seccomp === undefined ? undefined : await open(join(folder, "filter"));
    const descriptors = filter === undefined ? [] : [filter.fd];
    const { code, stdout, stderr } = await runProgram(argv, { env: {}, timeoutMs: PROBE_TIMEOUT_MS, descriptors }).finally(() =>
      filter?.close(),
    );
    if (code !== 0) return stderr.trim().split("\n").at(-1) ?? `exit code ${code}`;
    const seen = JSON.parse(stdout) as { uid: number; caps: string; nnp: string; seccomp: string; net: string[]; pids: boolean };
    if (seen.uid === 0 || !/^0+$/.test(seen.caps)) return "it would keep privileges";
    if (seen.net.length > 0) return "it would have a network";
    if (seccomp !== undefined && seen.seccomp !== "2") return "its system calls would not be filtered";
    if (!seen.pids || seen.nnp !== "1") return "it would share processes or regain privileges";
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function systemView(): Pick<BubblewrapHost, "systemPaths" | "systemLinks"> {
  const present = SYSTEM_ALLOW_LIST.filter((path) => existsSync(path));
  const isRootLink = (path: string): boolean => dirname(path) === "/" && lstatSync(path).isSymbolicLink();
  return {
    systemPaths: present.filter((path) => !isRootLink(path)),
    systemLinks: present.filter(isRootLink).map((path) => ({ path, target: readlinkSync(path) })),
  };
}
