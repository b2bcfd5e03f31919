import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import type { CheckRun } from "@/lib/run/check-state";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun, isTerminal } from "@/lib/run/state";
import { bundlePrograms } from "./checks/checks-harness";
import { createKubernetesServer, type KubernetesServer } from "./kubernetes-server-harness";
import { describeRun } from "./runs/run-summary";

// The whole server with a cluster that stands in: the real agent in its pod, the demo model behind the gateway, the log, the diff.
let programs: string;
let server: KubernetesServer;
beforeAll(async () => {
  programs = await bundlePrograms();
});
afterAll(() => rm(programs, { recursive: true, force: true }));

async function start(env: Record<string, string> = {}): Promise<void> {
  const started = await createKubernetesServer({ programs, env: () => env });
  onTestFinished(() => started.dispose());
  server = started;
}

/** How many Jobs were asked for. */
const posted = (): number => server.cluster.requests.filter((line) => line.startsWith("POST") && line.endsWith("/jobs")).length;

async function begun(variations: number): Promise<string> {
  const services = server.services();
  const { sample_repository: sample } = await services.describeSetup();
  return (await services.runs.create({ github_url: sample?.url, prompt: sample?.prompt ?? "", variations })).runId;
}

/** The Job of a variation as it was told at the moment when that began to run. */
async function jobAtStart(runId: string, variation: number) {
  const events = await server.services().eventLog.read(runId, 0, 10_000);
  const started = events.findIndex((one) => one.event.type === "variation.started" && one.variation === variation);
  return describeRun(reduceRun(emptyRun(runId), events.slice(0, started + 1))).jobs[variation];
}

/** Whether checks began on each of these, and none is under way or to come. */
function haveEnded(runs: readonly CheckRun[], targets: readonly string[]): boolean {
  return targets.every((name) => runs.some(({ target }) => target === name)) && runs.every(({ endedAt }) => endedAt !== undefined);
}

it("runs agents as Jobs from the prompt to the diff, and leaves no Job behind", { timeout: 220_000 }, async () => {
  await start();
  const runId = await begun(2);
  const ended = await server.until(runId, ({ status }) => isTerminal(status));
  expect(ended.variations.map(({ status, failure }) => ({ status, failure }))).toEqual(
    [0, 1].map(() => ({ status: "completed", failure: undefined })),
  );
  const { jobs } = await server.services().runs.describe(runId);
  for (const at of [0, 1]) {
    // From the log: pods that begin one after the other need not all run at any one time.
    const job_name = `agent-${runId}-${at}`;
    expect(await jobAtStart(runId, at)).toMatchObject({ job_name, status: { active: 1, succeeded: 0, failed: 0 } });
    expect(jobs[at]).toMatchObject({ job_name, status: { active: 0, succeeded: 1, failed: 0 } });
  }
  for (const variation of ended.variations) {
    expect(variation.executor).toBe("kubernetes");
    expect(variation.snapshot?.files).toBeGreaterThan(0);
    expect(variation.usage.outputTokens).toBeGreaterThan(0);
  }
  // Checks begin by themselves, and have Jobs of their own.
  await server.until(runId, (state) => haveEnded(state.checks.runs, ["base", "a", "b"]));
  expect(posted()).toBeGreaterThan(2);
  await expect.poll(() => server.cluster.store.list("jobs"), { timeout: 20_000 }).toEqual([]);
});

it("goes on where it was when the server restarts in mid-run", { timeout: 200_000 }, async () => {
  // The Jobs of checks are not counted with the agent's.
  await start({ AIDEATOR_AUTO_CHECKS: "0" });
  const runId = await begun(1);
  await server.until(runId, (state) => state.lastSeq > 12);
  await server.restart();
  const ended = await server.until(runId, ({ status }) => isTerminal(status));
  expect(ended.variations[0]).toMatchObject({ status: "completed" });
  expect(posted()).toBe(1);
});

it("tells the truth about its cluster", { timeout: 60_000 }, async () => {
  await start();
  const { executor } = server.services();
  expect(await executor.report()).toMatchObject({ cluster: true, isolated: true });
});
