import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { isTerminal } from "@/lib/run/state";
import { createServices, type RunningServices } from "./create-services";
import { readEnv } from "./env";
import { ClusterStandIn } from "./executors/kubernetes/cluster-stand-in";
import { bundlePodProgram } from "./executors/kubernetes/kubernetes-harness";

// The whole server with a cluster that stands in: the real agent in its pod, the demo model behind the gateway, the log, the diff.
const root = fileURLToPath(new URL("..", import.meta.url));
let folder: string;
let cluster: ClusterStandIn;
let port: number;
let server: RunningServices | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-kr-"));
  cluster = new ClusterStandIn(await bundlePodProgram(folder));
  await cluster.listen();
  port = await freePort();
  await writeFile(join(folder, "kubeconfig"), cluster.config().exportConfig());
  vi.stubEnv("KUBECONFIG", join(folder, "kubeconfig"));
  await start();
});
afterEach(async () => {
  await server?.drain();
  await cluster.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
});

async function start(): Promise<RunningServices> {
  const env = readEnv({
    AIDEATOR_DATA_DIR: join(folder, "data"),
    AIDEATOR_EXECUTOR: "kubernetes",
    AIDEATOR_AGENT_IMAGE: "agent:1",
    AIDEATOR_GATEWAY_PORT: String(port),
    AIDEATOR_GATEWAY_URL: `http://127.0.0.1:${port}`,
    AIDEATOR_LOG_LEVEL: "silent",
  } as unknown as NodeJS.ProcessEnv);
  server = await createServices(env, root, "0.0.0");
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function begun(variations: number): Promise<string> {
  const { services } = server as RunningServices;
  const { sample_repository: sample } = await services.describeSetup();
  return (await services.runs.create({ github_url: sample?.url, prompt: sample?.prompt ?? "", variations })).runId;
}

async function until(runId: string, holds: (state: Awaited<ReturnType<RunningServices["services"]["runs"]["get"]>>) => boolean) {
  for (let tries = 0; tries < 1_500; tries += 1) {
    const state = await (server as RunningServices).services.runs.get(runId);
    if (holds(state)) return state;
    await pause(50);
  }
  throw new Error(`waited in vain: ${JSON.stringify(await (server as RunningServices).services.runs.get(runId)).slice(0, 2_000)}`);
}

it("runs agents as Jobs from the prompt to the diff, and leaves no Job behind", { timeout: 120_000 }, async () => {
  const { services } = server as RunningServices;
  const runId = await begun(2);
  await until(runId, (state) => state.variations.every(({ status }) => status === "running"));
  const jobs = (await services.runs.describe(runId)).jobs;
  expect(jobs.map(({ job_name, status }) => ({ job_name, status }))).toEqual(
    [0, 1].map((at) => ({ job_name: `agent-${runId}-${at}`, status: { active: 1, succeeded: 0, failed: 0 } })),
  );
  const ended = await until(runId, ({ status }) => isTerminal(status));
  expect(ended.variations.map(({ status, failure }) => ({ status, failure }))).toEqual(
    [0, 1].map(() => ({ status: "completed", failure: undefined })),
  );
  expect((await services.runs.describe(runId)).jobs[0]?.status).toEqual({ active: 0, succeeded: 1, failed: 0 });
  for (const variation of ended.variations) {
    expect(variation.executor).toBe("kubernetes");
    expect(variation.snapshot?.files).toBeGreaterThan(0);
    expect(variation.usage.outputTokens).toBeGreaterThan(0);
  }
  for (let tries = 0; tries < 200 && cluster.store.list("jobs").length > 0; tries += 1) await pause(20);
  expect(cluster.store.list("jobs")).toEqual([]);
});

it("goes on where it was when the server restarts in mid-run", { timeout: 120_000 }, async () => {
  const runId = await begun(1);
  await until(runId, (state) => state.lastSeq > 12);
  await server?.drain();
  await start();
  const ended = await until(runId, ({ status }) => isTerminal(status));
  expect(ended.variations[0]).toMatchObject({ status: "completed" });
  expect(cluster.requests.filter((line) => line.startsWith("POST") && line.endsWith("/jobs"))).toHaveLength(1);
});

it("tells the truth about its cluster", async () => {
  const { executor } = (server as RunningServices).services;
  expect(await executor.report()).toMatchObject({ cluster: true, isolated: true });
});
