import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { loadClusterConfig } from "@/server/executors/kubernetes/open-kubernetes";
import { openApiProxy } from "./api-proxy";
import { firstWordMs } from "./follow-run";
import { figure, setStage } from "./stage";

const stage = setStage();

it("starts with the rights of the documented Role, and an agent says something within seconds", async () => {
  const { api, run } = await stage.open();
  figure("cluster", stage.cluster.version);
  expect((await api.call<{ kubernetes: boolean }>("GET", "/health")).body.kubernetes).toBe(true);
  const followed = await run(["brief"]);
  const { run: ended, log } = await followed.judge();
  expect(ended.status).toBe("completed");
  figure("one agent: from preparing to its first word, ms (aim: < 5000)", firstWordMs(log, 0));
  expect((await api.diff(followed.runId, "a")).files.map(({ path }) => path)).toEqual(["notes/a.md"]);
});

it("runs five variations at once, each line once on socket and event stream", async () => {
  const { api, run } = await stage.open();
  const followed = await run(["count", "count", "count", "count", "count"]);
  await followed.said(50);
  const { jobs } = (await api.call<{ jobs: { job_name: string; status: object }[] }>("GET", `/runs/${followed.runId}/status`)).body;
  expect(jobs.map(({ job_name, status }) => [job_name, status])).toEqual(
    [0, 1, 2, 3, 4].map((at) => [followed.job(at), { active: 1, succeeded: 0, failed: 0 }]),
  );
  // What the API says of Jobs is what the cluster says of them.
  const inCluster = await stage.cluster.jobs();
  expect(inCluster.map(({ metadata, status }) => [metadata?.name, status?.active]).sort()).toEqual(
    [0, 1, 2, 3, 4].map((at) => [followed.job(at), 1]),
  );
  const { run: ended, log } = await followed.judge();
  expect(ended.jobs.map(({ state, status }) => [state, status])).toEqual(
    Array(5).fill(["completed", { active: 0, succeeded: 1, failed: 0 }]),
  );
  figure("five agents: from preparing to first words, ms (aim: < 5000)", [0, 1, 2, 3, 4].map((at) => firstWordMs(log, at)).join(", "));
  figure("five agents: events in the log", log.length);
});

it("loses no line to the rotation of a node's logs", async () => {
  const { run } = await stage.open();
  const followed = await run(["many", "many"]);
  await followed.said(15_500);
  const pod = await stage.cluster.pod(followed.job(0));
  const kept = await stage.cluster.admin.text(`${stage.cluster.path("pods")}/${pod.metadata?.name}/log?limitBytes=2000`);
  figure("rotation: first line that the node still has", /^#(\d+) /m.exec(kept)?.[1] ?? "none");
  const { run: ended } = await followed.judge();
  expect(ended.status).toBe("completed");
});

it("puts lines together that a node keeps in pieces", async () => {
  const { run } = await stage.open();
  const { run: ended } = await (await run(["wide"])).judge();
  expect(ended.status).toBe("completed");
});

it("says in /health whether the cluster answers", async () => {
  const proxy = await openApiProxy(await loadClusterConfig());
  const { api } = await stage.open({ apiServer: proxy.url });
  const kubernetes = async (): Promise<boolean> => (await api.call<{ kubernetes: boolean }>("GET", "/health")).body.kubernetes;
  const becomes = async (wanted: boolean): Promise<void> => {
    for (const deadline = performance.now() + 40_000; (await kubernetes()) !== wanted; await wait(500))
      if (performance.now() > deadline) throw new Error(`kubernetes does not become ${wanted}`);
  };
  await becomes(true);
  proxy.away = true;
  await becomes(false);
  proxy.away = false;
  await becomes(true);
  await proxy.close();
});
