import { expect, it } from "vitest";
import { failureOf, saidOfPod } from "./follow-run";
import { command, figure, setStage } from "./stage";

const stage = setStage();
const killContainer = command("KILL_CONTAINER");
const letter = (at: number): string => String.fromCharCode(65 + at);

it.skipIf(killContainer === undefined)("tells of a container that was killed, and keeps what its agent did", async () => {
  const { api, run } = await stage.open();
  const followed = await run(["hold"]);
  await followed.said(30);
  await followed.socket.until(({ event }) => event.type === "snapshot.taken", 20_000);
  const pod = await stage.cluster.pod(followed.job(0));
  await killContainer?.(pod.status?.containerStatuses?.[0]?.containerID?.replace(/^.*:\/\//, ""));
  const { log } = await followed.judge(60_000);
  expect(failureOf(log)?.code).toBe("agent_killed");
  expect((await api.diff(followed.runId, "a")).files.map(({ path }) => path)).toEqual(["notes/a.md"]);
});

it("tells of a pod that was deleted by force; the others go on", async () => {
  const { api, run } = await stage.open();
  const followed = await run(["hold", "slow"]);
  await followed.said(30);
  await followed.socket.until(({ event }) => event.type === "snapshot.taken", 20_000);
  const pod = await stage.cluster.pod(followed.job(0));
  await stage.cluster.admin.call("DELETE", `${stage.cluster.path("pods")}/${pod.metadata?.name}`, { gracePeriodSeconds: 0 });
  const { run: ended, log } = await followed.judge();
  expect(failureOf(log)).toMatchObject({ code: "agent_killed", message: "The agent's pod was deleted in the cluster." });
  expect(ended.jobs.map(({ state }) => state)).toEqual(["failed", "completed"]);
  expect((await api.diff(followed.runId, "a")).files.map(({ path }) => path)).toEqual(["notes/a.md"]);
});

it("tells of a Job that was deleted by hand, with the tree of its last moment", async () => {
  const { api, run } = await stage.open();
  const followed = await run(["hold"]);
  await followed.said(30);
  await stage.cluster.admin.call("DELETE", stage.cluster.path(`jobs/${followed.job(0)}`), { propagationPolicy: "Background" });
  const { log } = await followed.judge(60_000);
  expect(failureOf(log)).toMatchObject({ code: "agent_killed", message: "The agent's Job was deleted in the cluster." });
  expect((await api.diff(followed.runId, "a")).files.map(({ path }) => path)).toEqual(["notes/a.md"]);
});

it("tells of a deadline", async () => {
  const { run } = await stage.open();
  const followed = await run(["hold"]);
  await followed.said(30);
  await stage.cluster.admin.call("PATCH", stage.cluster.path(`jobs/${followed.job(0)}`), { spec: { activeDeadlineSeconds: 1 } });
  const { log } = await followed.judge(90_000);
  expect(failureOf(log)?.code).toBe("timeout");
});

it("keeps the last tree and every word of agents that are stopped", async () => {
  const { api, run } = await stage.open();
  const followed = await run(["hold", "hold"]);
  await Promise.all([followed.said(30, 0), followed.said(30, 1)]);
  const begin = performance.now();
  await api.cancel(followed.runId);
  const { run: ended, log } = await followed.judge(60_000);
  figure("a stop: until the run has ended, s", Math.round((performance.now() - begin) / 100) / 10);
  expect(ended.status).toBe("cancelled");
  for (const at of [0, 1]) {
    expect((await api.diff(followed.runId, letter(at).toLowerCase())).files).toHaveLength(1);
    const text = log.flatMap(({ variation, event }) => (variation === at && event.type === "text.delta" ? [event.text] : [])).join("");
    const numbers = text.split("\n").map((line) => Number(line.split(" ")[1]));
    expect(numbers.slice(0, -1)).toEqual(numbers.slice(0, -1).map((_, index) => index + 1));
  }
});

it.each([false, true])("waits for room in a quota, and says so (may read events: %s)", async (events) => {
  const { admin, path, allowEvents } = stage.cluster;
  await allowEvents(events);
  const quota = (pods: string) => ({ apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "tight" }, spec: { hard: { pods } } });
  await admin.call("POST", path("resourcequotas"), quota("0"));
  try {
    const { run } = await stage.open({ name: `events ${events}` });
    const followed = await run(["brief"]);
    const words = events ? /quota has no room.*exceeded quota: tight/ : /makes no pod/;
    await followed.socket.until(({ event }) => event.type === "log.line" && words.test(event.text), 60_000);
    await admin.call("DELETE", path("resourcequotas/tight"));
    const { run: ended, log } = await followed.judge();
    expect(ended.status).toBe("completed");
    figure(`quota, events ${events}: said`, saidOfPod(log).join(" | ").slice(0, 150));
  } finally {
    await admin.call("DELETE", path("resourcequotas/tight")).catch(() => undefined);
    await allowEvents(false);
  }
});

it("tells of a pod that needed more memory than it may have", async () => {
  const { api, run } = await stage.open({ env: { AIDEATOR_K8S_MEMORY: "300Mi" } });
  const followed = await run(["memory"]);
  const { log } = await followed.judge();
  expect(failureOf(log)?.code).toBe("out_of_memory");
  expect((await api.diff(followed.runId, "a")).files.map(({ path }) => path)).toEqual(["notes/a.md"]);
});

it("says that an image cannot be had while it waits, and gives up", async () => {
  const { run } = await stage.open({ env: { AIDEATOR_AGENT_IMAGE: "localhost/aideator-no-such-image:1" } });
  const begin = performance.now();
  const followed = await run(["brief"]);
  const told = await followed.socket.until(
    ({ event }) => event.type === "log.line" && event.text.includes("image cannot be pulled"),
    60_000,
  );
  figure("a broken image name: told after, s", Math.round((performance.now() - begin) / 100) / 10);
  const { log } = await followed.judge(150_000);
  expect(failureOf(log)).toMatchObject({ code: "sandbox", message: "The agent's image cannot be pulled." });
  figure("a broken image name: given up after, s", Math.round((performance.now() - begin) / 100) / 10);
  expect(told.seq).toBeLessThan(log.length);
});

it("says that no node takes a pod, and can be stopped meanwhile", async () => {
  const { api, run } = await stage.open({ env: { AIDEATOR_K8S_NODE_SELECTOR: "aideator-test/nobody=has-it" } });
  const followed = await run(["brief"]);
  await followed.socket.until(({ event }) => event.type === "log.line" && event.text.includes("No node of the cluster"), 60_000);
  await api.cancel(followed.runId);
  const { run: ended } = await followed.judge(60_000);
  expect(ended.status).toBe("cancelled");
});
