import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { formatBytes } from "@/lib/format";
import { dataFolderUser } from "../data-lock";
import { ConfigurationError, type Env, readEnv } from "../env";
import { findProgram } from "../executors/local/find-program";
import { probeMachine } from "../executors/local/probe-machine";
import { runProgram } from "../executors/local/run-program";
import { examineCluster } from "./examine-cluster";
import { examineContainers } from "./examine-containers";
import { examineProvider } from "./examine-provider";
import { type Finding, measureFindings } from "./finding";

const PROGRAM_TIMEOUT_MS = 5_000;
/** Room for a few repositories and their trees. */
const SCARCE_BYTES = 5_000_000_000;
/** Languages that agents can run, because their sandbox shows the system's own programs. */
const languages = ["python3", "go", "cargo", "java", "ruby", "php", "gcc", "make"];

/**
 * What this machine offers to a server with this configuration: tried out, not guessed, and nothing is left behind. With `online` the
 * provider is asked for its models, which costs nothing. Never rejects for what it finds. `source`: instead of this process' environment.
 */
export async function examineMachine({ online, source }: { online: boolean; source?: NodeJS.ProcessEnv }): Promise<Finding[]> {
  let env: Env;
  try {
    env = readEnv(source);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message.split("\n").map((text) => {
      const [name = "", ...rest] = text.split(" ");
      return { area: "Configuration", name, state: "wrong", found: rest.join(" "), remedy: "See docs/configuration.md." };
    });
  }
  const parts = await Promise.all([
    examinePrograms(env),
    examineWorkplace(env),
    examineData(env),
    examinePort(env),
    examineProvider(env, online),
  ]);
  return parts.flat();
}

async function examinePrograms({ kubernetes, container }: Env): Promise<Finding[]> {
  const [git, found] = await Promise.all([version("git"), Promise.all(languages.map((name) => findProgram(name)))]);
  const there = languages.filter((_, at) => found[at] !== undefined);
  // What agents in a cluster or in containers can run is in their image.
  const runnable: Finding[] =
    kubernetes === undefined && container === undefined
      ? [{ area: "Machine", name: "Agents can run", state: "ok", found: ["node", ...there].join(", ") }]
      : [];
  return [
    { area: "Machine", name: "Node.js", state: "ok", found: `${process.versions.node} on ${process.platform}-${process.arch}` },
    describeGit(git),
    ...runnable,
  ];
}

/** git 2.38 can merge trees without a checkout. */
function describeGit(text: string | undefined): Finding {
  const found = /(\d+)\.(\d+)[.\d]*/.exec(text ?? "");
  if (found === null) {
    return { area: "Machine", name: "git", state: "wrong", found: "not installed", remedy: "Install git: sudo apt-get install git" };
  }
  const [whole, major, minor] = found;
  const old = Number(major) < 2 || (Number(major) === 2 && Number(minor) < 38);
  return {
    area: "Machine",
    name: "git",
    state: old ? "poor" : "ok",
    found: whole,
    remedy: old ? "2.38 or newer can merge a winner onto a branch that has moved." : undefined,
  };
}

/** Where agents would work, as `AIDEATOR_EXECUTOR` says. */
function examineWorkplace(env: Env): Promise<Finding[]> {
  if (env.kubernetes !== undefined) return examineCluster(env);
  return env.container === undefined ? examineSandbox(env) : examineContainers(env.dataDir, env.container);
}

async function examineSandbox(env: Env): Promise<Finding[]> {
  const { report } = await probeMachine(env.dataDir);
  const overall: Finding = {
    area: "Sandbox",
    name: "Isolation",
    state: report.isolated ? "ok" : "poor",
    found: report.isolated || !env.allowUnsandboxed ? report.summary : `${report.summary}, allowed by AIDEATOR_ALLOW_UNSANDBOXED`,
    remedy: report.isolated ? undefined : (report.remedy ?? "Agents run no commands."),
  };
  return [overall, ...measureFindings(report)];
}

async function examineData(env: Env): Promise<Finding[]> {
  const finding = (name: string, state: Finding["state"], found: string, remedy?: string): Finding => ({
    area: "Data",
    name,
    state,
    found,
    remedy,
  });
  const existing = await nearestFolder(env.dataDir);
  const writable = await access(existing, constants.W_OK).then(
    () => true,
    () => false,
  );
  const user = writable ? dataFolderUser(env.dataDir) : undefined;
  const { bsize, bavail } = await statfs(existing);
  const free = bsize * bavail;
  return [
    writable
      ? finding("Folder", "ok", env.dataDir)
      : finding("Folder", "wrong", `${env.dataDir} cannot be written`, "Set AIDEATOR_DATA_DIR to a folder of your own."),
    finding("Server", "ok", user === undefined ? "none works on it now" : `in use by ${user}`),
    free < SCARCE_BYTES
      ? finding(
          "Free space",
          "poor",
          formatBytes(free),
          "Agents are ended when the disk is full. Make room, or set AIDEATOR_DATA_DIR to another disk.",
        )
      : finding("Free space", "ok", formatBytes(free)),
  ];
}

async function examinePort(env: Env): Promise<Finding[]> {
  const used = dataFolderUser(env.dataDir) !== undefined;
  const name = `Port ${env.port}`;
  if (used || (await isFree(env.host, env.port)))
    return [{ area: "Machine", name, state: "ok", found: used ? "the server's own" : "free" }];
  return [
    {
      area: "Machine",
      name,
      state: "wrong",
      found: "taken by another program",
      remedy: `Set PORT to a free one, for example ${env.port + 1}.`,
    },
  ];
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

async function nearestFolder(path: string): Promise<string> {
  const there = await access(path).then(
    () => true,
    () => false,
  );
  return there || dirname(path) === path ? path : nearestFolder(dirname(path));
}

async function version(name: string): Promise<string | undefined> {
  const program = await findProgram(name);
  if (program === undefined) return undefined;
  const result = await runProgram([program, "--version"], { env: {}, timeoutMs: PROGRAM_TIMEOUT_MS }).catch(() => undefined);
  return result?.stdout;
}
