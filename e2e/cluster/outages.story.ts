import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { loadClusterConfig } from "@/server/executors/kubernetes/open-kubernetes";
import { openApiProxy } from "./api-proxy";
import { command, figure, setStage } from "./stage";

const stage = setStage();
const restartApiServer = command("RESTART_APISERVER");
const restartKubelet = command("RESTART_KUBELET");

it("attaches again after the server was killed in the middle, twice; no line is lost or doubled", async () => {
  const { server, run } = await stage.open();
  const followed = await run(["slow", "slow", "slow"]);
  for (const line of [60, 300]) {
    await followed.said(line);
    await server.kill("SIGKILL");
    await wait(3_000);
    const begin = performance.now();
    await server.restart();
    await followed.said(line + 80);
    figure("from the server's start to a line from behind its death, s", Math.round((performance.now() - begin) / 100) / 10);
  }
  const { run: ended } = await followed.judge();
  expect(ended.jobs.map(({ state }) => state)).toEqual(["completed", "completed", "completed"]);
});

it("starts each Job once when the server is killed while it starts them", async () => {
  const { server, api, run } = await stage.open();
  let completed = 0;
  for (const delay of [0, 80, 200, 400]) {
    const followed = await run(["brief", "brief"]);
    await followed.socket.until(({ event }) => event.type === "variation.preparing", 30_000);
    await wait(delay);
    await server.kill("SIGKILL");
    await server.restart();
    const ended = await api.ended(followed.runId, 90_000);
    completed += ended.jobs.filter(({ state }) => state === "completed").length;
    await followed.judge();
  }
  figure("killed while starting: completed of 8", completed);
  expect(completed).toBe(8);
});

it("brings every line once while connections to the API server are cut again and again, and history is gone", async () => {
  const proxy = await openApiProxy(await loadClusterConfig());
  const { run } = await stage.open({ apiServer: proxy.url });
  const followed = await run(["slow", "slow", "count"]);
  let cutting = true;
  const cuts = (async () => {
    while (cutting) {
      await wait(100 + Math.random() * 1_500);
      if (Math.random() < 0.3) proxy.expire(2);
      proxy.cut();
      if (Math.random() < 0.2) {
        proxy.away = true;
        await wait(Math.random() * 2_000);
        proxy.away = false;
      }
    }
  })();
  try {
    const { run: ended } = await followed.judge();
    expect(ended.jobs.map(({ state }) => state)).toEqual(["completed", "completed", "completed"]);
  } finally {
    cutting = false;
    await cuts;
    // What has ended is removed through it as well.
    await stage.cluster.empty(60_000);
    figure("connections cut, watches told that history is gone", `${proxy.cuts}, ${proxy.expired}`);
    await proxy.close();
  }
});

it.skipIf(restartApiServer === undefined)("works on through a restart of the API server", async () => {
  const { run } = await stage.open();
  const followed = await run(["slow", "slow"]);
  await followed.said(60);
  const begin = performance.now();
  await restartApiServer?.();
  figure("restart of the API server took, s", Math.round((performance.now() - begin) / 100) / 10);
  const { run: ended } = await followed.judge(150_000);
  expect(ended.jobs.map(({ state }) => state)).toEqual(["completed", "completed"]);
});

it.skipIf(restartKubelet === undefined)("works on through a restart of the kubelet", async () => {
  const { run } = await stage.open();
  const followed = await run(["slow", "slow"]);
  await followed.said(60);
  await restartKubelet?.();
  const { run: ended } = await followed.judge(150_000);
  expect(ended.jobs.map(({ state }) => state)).toEqual(["completed", "completed"]);
});
