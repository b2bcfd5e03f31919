import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { AttemptSpec, Executor } from "../executor";
import { createTestRepository, TEST_AGENT } from "../repository-harness";
import type { SandboxLimits } from "./attempt-files";
import { createLocalExecutor } from "./local-executor";
import type { Sandbox } from "./sandbox";

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
  const dataDir = await mkdtemp(join(tmpdir(), "aid-x-"));
  const { mirror, base, git: run } = await createTestRepository(dataDir);

  const agentBundle = join(dataDir, "agent.mjs");
  await writeFile(agentBundle, TEST_AGENT);
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
