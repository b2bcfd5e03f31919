import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { type AgentEnd, type AgentLine, parseAgentLine } from "@/lib/protocol/agent-lines";
import type { AgentTask } from "@/lib/protocol/agent-task";
import { createGateway } from "@/server/gateway/create-gateway";
import type { CallUsage } from "@/server/gateway/gateway";
import { startProvider } from "./messages-api";
import type { Outcome, Scenario } from "./scenario";

/**
 * The only place that knows how agent, gateway and provider are put together: the built agent as a process of its own, the project's real
 * gateway on a unix socket, and the foreign provider behind it.
 */
const KEY = "sk-foreign-key";
const TOKEN = "attempt-token";

export interface Metered extends Outcome {
  usage: CallUsage[];
  stderr: string;
}

/** Builds the agent as it is shipped; resolves to the file. */
export async function buildAgent(folder: string): Promise<string> {
  const script = new URL("../../scripts/build.mjs", import.meta.url).href;
  const { sandboxBundles } = (await import(script)) as { sandboxBundles: BuildOptions[] };
  const [agent] = sandboxBundles;
  const outfile = join(folder, "agent.mjs");
  await build({ ...agent, outfile });
  return outfile;
}

export async function runScenario(scenario: Scenario, agentBundle: string): Promise<Metered> {
  const folder = await mkdtemp(join(tmpdir(), "aid-sc-"));
  const { model = "claude-sonnet-5-5", replies, weight } = scenario;
  const provider = await startProvider({ key: KEY, replies, weight });
  const usage: Metered["usage"] = [];
  const gateway = await createGateway({
    socketPath: join(folder, "gw", "gateway.sock"),
    provider: () => ({ baseUrl: provider.baseUrl, apiKey: KEY }),
    // No call is held while the run is paused: what the agent does by itself is what is looked at.
    rhythm: { holdMs: 0, firstPauseMs: 1 },
    authorize: (token) =>
      Promise.resolve(token === TOKEN ? { runId: "run", projectId: "project", variation: 0, attempt: 0, model } : undefined),
    onUsage: (_, counts) => Promise.resolve(void usage.push(counts)),
  });
  let open = true;
  const shut = async (): Promise<void> => {
    if (open) await gateway.close();
    open = false;
  };
  try {
    const tree = join(folder, "tree");
    await writeTree(tree, scenario.files ?? { "README.md": "# Sample\n" });
    const task = await writeTask(folder, tree, model, scenario);
    const ran = await runAgent(agentBundle, folder, task, gateway.socketPath);
    await shut();
    await provider.settled();
    const files = new Map<string, string>();
    for (const path of trackedAndNew(tree)) files.set(path, readFileSync(join(tree, path), "utf8"));
    return {
      ...ran,
      usage,
      calls: provider.calls,
      read: (path) => files.get(path) ?? "",
      exists: (path) => files.has(path),
    };
  } finally {
    await shut();
    await provider.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function trackedAndNew(tree: string): string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others"], { cwd: tree, encoding: "utf8" });
  return listed.split("\0").filter((path) => path !== "" && existsSync(join(tree, path)));
}

async function writeTree(tree: string, files: Record<string, string | Buffer>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
  }
  const git = (...args: string[]): void => void execFileSync("git", args, { cwd: tree });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "base");
}

async function writeTask(folder: string, tree: string, model: string, { images = [], task }: Scenario): Promise<string> {
  const pictures = await Promise.all(
    images.map(async ({ name, bytes, mediaType }) => {
      const path = join(folder, name);
      await writeFile(path, bytes);
      return { path, mediaType };
    }),
  );
  const full: AgentTask = {
    runId: "run",
    variation: 0,
    attempt: 0,
    prompt: "Do the task.",
    model,
    limits: { turns: 40, minutes: 2 },
    workspace: tree,
    commandsAllowed: true,
    ...(pictures.length === 0 ? {} : { images: pictures }),
    ...task,
  };
  const path = join(folder, "task.json");
  await writeFile(path, JSON.stringify(full));
  return path;
}

interface Ran {
  lines: AgentLine[];
  end: AgentEnd | undefined;
  exitCode: number | null;
  seconds: number;
  text: string;
  stderr: string;
}

async function runAgent(bundle: string, folder: string, task: string, socket: string): Promise<Ran> {
  const begin = performance.now();
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: folder,
    AIDEATOR_TASK: task,
    AIDEATOR_TOKEN: TOKEN,
    AIDEATOR_GATEWAY: `unix:${socket}`,
  } as unknown as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [bundle], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const [exitCode] = (await once(child, "close")) as [number | null];
  const raw = Buffer.concat(out).toString("utf8").split("\n").slice(0, -1);
  for (const [at, line] of raw.entries()) {
    const { n } = JSON.parse(line) as { n?: number };
    if (n !== at + 1) throw new Error(`line ${at + 1} is numbered ${n}: ${line.slice(0, 200)}`);
  }
  const lines = raw.map(parseAgentLine);
  const end = lines.find((line): line is AgentEnd => line.type === "agent.finished" || line.type === "agent.failed");
  const seconds = (performance.now() - begin) / 1_000;
  return { lines, end, exitCode, seconds, text: keptText(lines), stderr: Buffer.concat(err).toString("utf8") };
}

function keptText(lines: readonly AgentLine[]): string {
  const retracted = new Set(lines.flatMap((line) => (line.type === "model.retried" ? line.retracted : [])));
  return lines.map((line) => (line.type === "text.delta" && !retracted.has(line.block) ? line.text : "")).join("");
}
