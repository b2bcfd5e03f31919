import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { AttemptSpec } from "../executor";
import { drain } from "../executor.contract";
import {
  clusterForEachTest,
  drainWith,
  exitOf,
  failureOf,
  harness,
  numbered,
  podName,
  renewHarness,
  started,
  texts,
} from "./started-attempts-harness";

clusterForEachTest();

describe("a pod that fails", () => {
  it.each<[string, (pod: string, spec: AttemptSpec) => unknown, string, RegExp]>([
    ["memory", (pod) => harness.cluster.kubelet.outOfMemory(pod), "out_of_memory", /memory/],
    ["eviction", (pod) => harness.cluster.kubelet.evict(pod, "The node was low on resource: memory."), "lost", /evicted/],
    [
      "a Job deleted by hand",
      (_pod, spec) => harness.cluster.controller.deleteJob(spec.name, "Background"),
      "agent_killed",
      /Job was deleted/,
    ],
    ["a pod deleted by hand", (pod) => harness.cluster.kubelet.delete(pod), "agent_killed", /pod was deleted/],
    ["the deadline", (_pod, spec) => harness.cluster.controller.exceedDeadline(spec.name), "timeout", /time limit/],
  ])("says so: %s", async (_name, act, code, text) => {
    const { ref, spec } = await started("endless");
    const pod = await podName(spec);
    const items = await drainWith(ref, 5, () => act(pod, spec));
    expect(failureOf(items)?.code).toBe(code);
    expect(failureOf(items)?.message).toMatch(text);
    // What it had said is all there.
    expect(texts(items).slice(0, 5)).toEqual(numbered(5));
    const again = await drain(harness.executor, ref, 1);
    expect(again).toEqual(items);
  });

  it("offers the agent to the kernel before its own program, where memory ends", async () => {
    const read = (pid: string): string => `Number(readFileSync("/proc/" + ${pid} + "/oom_score_adj", "utf8"))`;
    const script = `js export default async ({ print }) => { const { readFileSync } = await import("node:fs"); print(String(${read('"self"')} - ${read("process.ppid")})); }`;
    expect(Number(texts(await drain(harness.executor, (await started(script)).ref, 1))[0])).toBeGreaterThan(0);
  });

  it("says what it waits for, and gives up with the reason: no image", async () => {
    harness.cluster.kubelet.fault = { waiting: { reason: "ImagePullBackOff", message: "pull access denied" } };
    const items = await drain(harness.executor, (await started("lines 1")).ref, 1);
    expect(texts(items)).toEqual([expect.stringContaining("pod: The agent's image cannot be pulled.")]);
    expect(failureOf(items)?.remedy).toContain("AIDEATOR_K8S_PULL_SECRETS");
  });

  it("goes on when what it waited for comes: a node", async () => {
    await renewHarness({ patience: { image: 300, setUp: 300, place: 20_000, quiet: 100 } });
    harness.cluster.kubelet.fault = { unschedulable: "0/3 nodes are available: 3 Insufficient memory." };
    const { ref } = await started("lines 3");
    const items = await drainWith(ref, 1, () => {
      harness.cluster.kubelet.fault = undefined;
      for (const { metadata } of harness.cluster.store.list("pods")) harness.cluster.kubelet.admit(metadata.name);
    });
    expect(texts(items)).toEqual([expect.stringContaining("Insufficient memory"), ...numbered(3)]);
    expect(exitOf(items)).toEqual([{ kind: "exited", code: 0 }]);
  });

  it("names the quota that refuses its pod, where events may be read", async () => {
    harness.cluster.rights.events.push("LIST");
    harness.cluster.controller.refusePods = "pods is forbidden: exceeded quota: agents";
    const items = await drain(harness.executor, (await started("lines 1")).ref, 1);
    expect(failureOf(items)).toMatchObject({ code: "resource_limit", detail: "pods is forbidden: exceeded quota: agents" });
  });

  it("says without them that no pod comes, and asks for events no more than once", async () => {
    harness.cluster.controller.refusePods = "pods is forbidden: exceeded quota: agents";
    const { ref, spec } = await started("lines 1");
    const items = await drain(harness.executor, ref, 1);
    expect(texts(items)).toEqual([expect.stringContaining("makes no pod")]);
    expect(failureOf(items)).toMatchObject({
      code: "resource_limit",
      remedy: expect.stringContaining(`kubectl describe job ${spec.name}`),
    });
    expect(harness.cluster.requests.filter((line) => line.includes("/events"))).toHaveLength(1);
  });

  it("names the quota that refuses the Job itself", async () => {
    harness.cluster.failNext("POST", /\/jobs$/, 403, { message: "jobs.batch is forbidden: exceeded quota: agents" });
    await expect(started("lines 1")).rejects.toThrow(/quota has no room.*ResourceQuota/s);
  });
});

describe("stopping", () => {
  it("is told from a deletion by somebody else, also by a server that comes back when all is gone", async () => {
    const { ref, spec } = await started("endless");
    await podName(spec);
    await harness.executor.stop(ref);
    for (let tries = 0; tries < 500 && harness.cluster.store.list("jobs").length > 0; tries += 1) await pause(10);
    const executor = await harness.restarted();
    expect(failureOf(await drain(executor, ref, 1))?.message).toBe("The agent was stopped.");
  });

  it("keeps the Job until its pod has ended, so that its last lines are read", async () => {
    const { ref } = await started("endless");
    const items = await drainWith(ref, 3, () => harness.executor.stop(ref));
    const said = texts(items);
    expect(said).toEqual(numbered(said.length));
    expect(await harness.cluster.store.list("jobs")).toEqual([]);
  });

  it("does not wait for the tree of a pod that has ended", async () => {
    const { ref, spec } = await started("lines 3");
    await drain(harness.executor, ref, 1);
    const begin = performance.now();
    await expect(harness.executor.collect(spec, { final: false })).rejects.toThrow("the pod has ended");
    expect(performance.now() - begin).toBeLessThan(30_000);
  });
});
