import { afterEach, beforeEach, expect, it } from "vitest";
import { isTerminal } from "@/lib/run/state";
import { createKubernetesServer, type KubernetesServer } from "./kubernetes-server-harness";

// The whole server with a cluster that stands in: the real agent in its pod, the demo model behind the gateway, the log, the diff.
let server: KubernetesServer;
beforeEach(async () => {
  server = await createKubernetesServer();
});
afterEach(() => server.dispose());

async function begun(variations: number): Promise<string> {
  const services = server.services();
  const { sample_repository: sample } = await services.describeSetup();
  return (await services.runs.create({ github_url: sample?.url, prompt: sample?.prompt ?? "", variations })).runId;
}

it("runs agents as Jobs from the prompt to the diff, and leaves no Job behind", { timeout: 120_000 }, async () => {
  const runId = await begun(2);
  await server.until(runId, (state) => state.variations.every(({ status }) => status === "running"));
  const jobs = (await server.services().runs.describe(runId)).jobs;
  expect(jobs.map(({ job_name, status }) => ({ job_name, status }))).toEqual(
    [0, 1].map((at) => ({ job_name: `agent-${runId}-${at}`, status: { active: 1, succeeded: 0, failed: 0 } })),
  );
  const ended = await server.until(runId, ({ status }) => isTerminal(status));
  expect(ended.variations.map(({ status, failure }) => ({ status, failure }))).toEqual(
    [0, 1].map(() => ({ status: "completed", failure: undefined })),
  );
  expect((await server.services().runs.describe(runId)).jobs[0]?.status).toEqual({ active: 0, succeeded: 1, failed: 0 });
  for (const variation of ended.variations) {
    expect(variation.executor).toBe("kubernetes");
    expect(variation.snapshot?.files).toBeGreaterThan(0);
    expect(variation.usage.outputTokens).toBeGreaterThan(0);
  }
  // Checks begin by themselves, and have Jobs of their own.
  await expect.poll(() => server.cluster.store.list("jobs"), { timeout: 60_000 }).toEqual([]);
});

it("goes on where it was when the server restarts in mid-run", { timeout: 120_000 }, async () => {
  const runId = await begun(1);
  await server.until(runId, (state) => state.lastSeq > 12);
  await server.restart();
  const ended = await server.until(runId, ({ status }) => isTerminal(status));
  expect(ended.variations[0]).toMatchObject({ status: "completed" });
  expect(server.cluster.requests.filter((line) => line.startsWith("POST") && line.endsWith("/jobs"))).toHaveLength(1);
});

it("tells the truth about its cluster", async () => {
  const { executor } = server.services();
  expect(await executor.report()).toMatchObject({ cluster: true, isolated: true });
});
