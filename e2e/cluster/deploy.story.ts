import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Deployment, deploymentMissing, openDeployment } from "./deployment";
import { RULES } from "./disposable-cluster";
import { type FollowedRun, firstWordMs } from "./follow-run";
import { figure } from "./stage";

const EMPTY_MS = 90_000;

const missing = await deploymentMissing();

describe.skipIf(missing !== undefined)(missing === undefined ? "the chart" : `the chart (skipped: ${missing})`, () => {
  let deployment: Deployment;
  beforeAll(async () => {
    const begin = performance.now();
    deployment = await openDeployment();
    figure("installed and ready after, s", seconds(begin));
  }, 300_000);
  afterAll(() => deployment?.close(), 180_000);

  it("gives a server that sees its cluster, lets in who has the token, and has no more rights than are documented", async () => {
    const { api, stranger, rules } = deployment;
    expect((await api.call<{ kubernetes: boolean }>("GET", "/health")).body.kubernetes).toBe(true);
    expect((await api.call("GET", "/runs")).status).toBe(200);
    expect((await stranger.call("GET", "/runs")).status).toBe(401);
    expect(rules).toEqual(RULES);
    expect(await deployment.test()).toContain("ok: the token opens the API");
  });

  it("runs five variations through a deleted pod and a killed one; every line is there once, and what was done before", async () => {
    const { api, run } = deployment;
    const before = await run(["brief"]);
    await before.judge();
    const followed = await run(["slow", "slow", "slow", "slow", "slow"]);
    await followed.said(60);

    const first = await deployment.ready();
    let begin = performance.now();
    await deployment.deletePod();
    const second = await deployment.ready();
    expect(second.uid).not.toBe(first.uid);
    figure("pod deleted: until its successor is ready, s", seconds(begin));
    await goesOn(followed);
    figure("pod deleted: until a line from behind its end, s", seconds(begin));

    begin = performance.now();
    await deployment.killProcesses();
    await goesOn(followed);
    const third = await deployment.ready();
    expect(third).toEqual({ ...second, restarts: second.restarts + 1 });
    figure("processes killed: until a line from behind their end, s", seconds(begin));

    const { run: ended, log } = await followed.judge();
    expect(log.flatMap(({ variation, event }) => (event.type === "variation.failed" ? [{ variation, ...event.failure }] : []))).toEqual([]);
    expect(ended.status).toBe("completed");
    expect((await api.diff(followed.runId, "e")).files.map(({ path }) => path)).toEqual(["notes/e.md"]);
    expect((await api.run(before.runId)).status).toBe("completed");
    const words = [0, 1, 2, 3, 4].map((at) => firstWordMs(log, at));
    figure("five agents of a deployed server: from preparing to first words, ms", words.join(", "));
    await deployment.empty(EMPTY_MS);
  }, 300_000);
});

/** Until there is more than what was on its way. */
async function goesOn({ socket }: FollowedRun): Promise<void> {
  const last = socket.events().at(-1)?.seq ?? 0;
  await socket.until(({ seq, event }) => seq > last + 50 && event.type === "text.delta", 90_000);
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10;
}
