import { constants, existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { access, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { SandboxReport } from "../executor";
import { type BubblewrapHost, bubblewrapArguments, type SandboxedProgram, SYSTEM_ALLOW_LIST, sandboxPath } from "./bubblewrap";
import { runProgram } from "./run-program";

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
  const refusal = await tryOut(wrap, node);
  if (refusal !== undefined) {
    return withoutSandbox(
      `bubblewrap is installed but could not make a sandbox (${refusal}). Unprivileged user namespaces may be switched off here.`,
    );
  }
  const user = asRoot ? "a user of its own" : "own user namespace";
  return {
    report: { summary: `bubblewrap · no network · own processes · ${user} · no capabilities`, isolated: true },
    wrap,
    isolated: true,
    changesUser: asRoot,
    node,
    path: sandboxPath(node),
  };
}

/** Programs run as they are: with the server's rights, on its files. */
export function withoutSandbox(remedy: string): Sandbox {
  const node = realpathSync(process.execPath);
  return {
    report: { summary: "no sandbox", isolated: false, remedy },
    wrap: ({ argv }) => argv,
    isolated: false,
    changesUser: false,
    node,
    path: [dirname(node), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
  };
}

/** Starts one with everything that a real one has; answers why it failed. */
async function tryOut(wrap: Sandbox["wrap"], node: string): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "aideator-probe-"));
  try {
    await mkdir(join(folder, "shown"));
    // Inside there are no capabilities, one network interface, and a process table that begins with it.
    const script = `const fs = require("node:fs"); const status = fs.readFileSync("/proc/self/status", "utf8");
      const net = Object.keys(require("node:os").networkInterfaces()).filter((name) => name !== "lo");
      process.stdout.write(JSON.stringify({ uid: process.getuid(), caps: /CapEff:\\s*(\\w+)/.exec(status)[1],
        nnp: /NoNewPrivs:\\s*(\\d)/.exec(status)[1], net, pids: process.pid < 20 }));`;
    const argv = wrap({
      argv: [node, "-e", script],
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
      mounts: [{ from: join(folder, "shown"), to: "/workspace", writable: false }],
      uid: 61_000,
    });
    const { code, stdout, stderr } = await runProgram(argv, { env: {}, timeoutMs: PROBE_TIMEOUT_MS });
    if (code !== 0) return stderr.trim().split("\n").at(-1) ?? `exit code ${code}`;
    const seen = JSON.parse(stdout) as { uid: number; caps: string; nnp: string; net: string[]; pids: boolean };
    if (seen.uid === 0 || !/^0+$/.test(seen.caps)) return "it would keep privileges";
    if (seen.net.length > 0) return "it would have a network";
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

async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of ["/usr/bin", "/bin", "/usr/local/bin", "/sbin", "/usr/sbin"]) {
    const path = join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}
