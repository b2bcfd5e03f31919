import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { AttemptSpec, Executor } from "../executor";
import type { SandboxLimits } from "./attempt-files";
import { createLocalExecutor } from "./local-executor";
import type { Sandbox } from "./sandbox";

/** An agent for tests: its prompt says what it does, as JavaScript or as one of the contract's words. */
const AGENT = `
import { readFileSync, writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
const task = JSON.parse(readFileSync(process.env.AIDEATOR_TASK, "utf8"));
const print = (text) => writeSync(1, text + "\\n");
const [what, argument] = task.prompt.split(" ");
if (what === "lines") for (let n = 1; n <= Number(argument); n += 1) print(JSON.stringify({ n }));
else if (what === "exit") { print("{}"); process.exit(Number(argument)); }
else if (what === "die") { print("{}"); process.kill(process.pid, "SIGKILL"); await pause(10_000); }
else if (what === "endless") for (let n = 1; ; n += 1) { print(JSON.stringify({ n })); await pause(20); }
else await (await import("data:text/javascript," + encodeURIComponent(task.prompt.replace(/^js /, "")))).default({ task, print, pause });
`;

/** A repository with a mirror, the real shim, and an executor on a folder of its own. */
export interface LocalHarness {
  executor: Executor;
  dataDir: string;
  mirror: string;
  base: string;
  spec(prompt: string): AttemptSpec;
  /** Another executor on the same data: what a restarted server makes. */
  restarted(): Executor;
  git(...args: string[]): string;
  dispose(): Promise<void>;
}

/** Everything real but the agent. */
export async function createLocalHarness(
  given: { probe?: () => Promise<Sandbox>; limits?: Partial<SandboxLimits> } = {},
): Promise<LocalHarness> {
  const files: Record<string, string> = { "a file.txt": "one\n", "ümläut/日本.txt": "zwei\n" };
  const dataDir = await mkdtemp(join(tmpdir(), "aid-x-"));
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: dataDir, GIT_CONFIG_NOSYSTEM: "1" } as unknown as NodeJS.ProcessEnv;
  const source = join(dataDir, "source");
  const mirror = join(dataDir, "mirror.git");
  const run = (cwd: string, ...args: string[]): string => execFileSync("git", args, { cwd, env, encoding: "utf8" }).trim();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(source, path, ".."), { recursive: true });
    await writeFile(join(source, path), text);
  }
  run(source, "init", "-q", "-b", "main");
  run(source, "add", "-A");
  run(source, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "base");
  run(dataDir, "clone", "-q", "--bare", source, mirror);
  const base = run(mirror, "rev-parse", "main");

  const agentBundle = join(dataDir, "agent.mjs");
  await writeFile(agentBundle, AGENT);
  const shim = join(dataDir, "shim.mjs");
  const entry = fileURLToPath(new URL("shim.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile: shim, bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "silent" });
  await mkdir(join(dataDir, "gateway"));
  const gatewaySocket = join(dataDir, "gateway", "gateway.sock");
  const gateway = createServer((socket) => socket.end("gateway says hello")).listen(gatewaySocket);
  await new Promise((resolve) => gateway.once("listening", resolve));
  execFileSync("chmod", ["0666", gatewaySocket]);

  const names: string[] = [];
  const options = { dataDir, shimCommand: [process.execPath, shim], agentBundle, gatewaySocket, allowUnsandboxed: false, ...given };
  const executor = createLocalExecutor(options);
  return {
    executor,
    dataDir,
    mirror,
    base,
    spec(prompt) {
      const name = `agent-test0000000000-${names.length}`;
      names.push(name);
      const limits = { turns: 5, minutes: 1 };
      const task = {
        runId: "test0000000000",
        variation: 0,
        attempt: 0,
        prompt,
        model: "demo",
        limits,
        workspace: "/workspace",
        commandsAllowed: true,
      };
      return { name, mirrorPath: mirror, baseCommit: base, token: "attempt-token", task };
    },
    restarted: () => createLocalExecutor(options),
    git: (...args) => run(mirror, ...args),
    async dispose() {
      for (const name of names) await executor.cleanup(name);
      await new Promise((resolve) => gateway.close(resolve));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
