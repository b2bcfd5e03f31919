import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { AttemptSpec, Executor } from "../executor";
import { createTestRepository, TEST_AGENT } from "../repository-harness";
import type { SandboxLimits } from "./attempt-files";
import type { HostExecutorOptions } from "./host-executor";
import { createLocalExecutor } from "./local-executor";
import { type Sandbox, withoutSandbox } from "./sandbox";

/** A repository with a mirror, the real shim, and an executor on a folder of its own. */
export interface HostHarness {
  executor: Executor;
  dataDir: string;
  mirror: string;
  base: string;
  /** Of all its attempts, and of nothing else on this machine. */
  token: string;
  spec(prompt: string): AttemptSpec;
  /** Another executor on the same data: what a restarted server makes. */
  restarted(): Executor;
  git(...args: string[]): string;
  dispose(): Promise<void>;
}

/** Everything real but the agent. */
export function createLocalHarness(given: { probe?: () => Promise<Sandbox>; limits?: Partial<SandboxLimits> } = {}): Promise<HostHarness> {
  return createHostHarness((options) => Promise.resolve(() => createLocalExecutor({ ...options, allowUnsandboxed: false, ...given })));
}

/** An executor with programs that were bundled into one folder. `isolated` false: of a machine that has no sandbox. */
export function createBundledExecutor(dataDir: string, bundles: string, isolated = true): ReturnType<typeof createLocalExecutor> {
  return createLocalExecutor({
    dataDir,
    shimCommand: [process.execPath, join(bundles, "shim.mjs")],
    agentBundle: join(bundles, "agent.mjs"),
    setupBundle: join(bundles, "setup.mjs"),
    gatewaySocket: join(dataDir, "gateway/gateway.sock"),
    allowUnsandboxed: true,
    ...(isolated ? {} : { probe: () => Promise.resolve(withoutSandbox("Install it.")) }),
  });
}

/** One file with nothing to install, as the build makes it. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "silent",
  });
}

/** `prepare` makes what its executors need, and answers what makes one. */
export async function createHostHarness(prepare: (options: HostExecutorOptions) => Promise<() => Executor>): Promise<HostHarness> {
  const dataDir = await mkdtemp(join(tmpdir(), "aid-x-"));
  const { mirror, base, git: run } = await createTestRepository(dataDir);

  const agentBundle = join(dataDir, "agent.mjs");
  await writeFile(agentBundle, TEST_AGENT);
  const shim = join(dataDir, "shim.mjs");
  await bundle(fileURLToPath(new URL("shim.ts", import.meta.url)), shim);
  await mkdir(join(dataDir, "gateway"));
  const gatewaySocket = join(dataDir, "gateway", "gateway.sock");
  const gateway = createServer((socket) => socket.end("gateway says hello")).listen(gatewaySocket);
  await new Promise((resolve) => gateway.once("listening", resolve));
  execFileSync("chmod", ["0666", gatewaySocket]);

  const names: string[] = [];
  const token = randomUUID();
  const create = await prepare({ dataDir, shimCommand: [process.execPath, shim], agentBundle, gatewaySocket });
  const executor = create();
  return {
    executor,
    dataDir,
    mirror,
    base,
    token,
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
      return { name, mirrorPath: mirror, baseCommit: base, token, task };
    },
    restarted: create,
    git: (...args) => run(mirror, ...args),
    async dispose() {
      for (const name of names) await executor.cleanup(name);
      await new Promise((resolve) => gateway.close(resolve));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
