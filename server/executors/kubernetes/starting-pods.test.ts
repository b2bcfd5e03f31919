import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { drain } from "../executor.contract";
import { clusterForEachTest, expectWhole, harness, podName, started } from "./started-attempts-harness";

clusterForEachTest();

describe("starting", () => {
  it.each<[string, string, RegExp]>([
    ["the Job is made and its answer lost", "POST", /\/jobs$/],
    ["the Secret is made and its answer lost", "POST", /\/secrets$/],
  ])("makes one Job when %s", async (_name, method, path) => {
    harness.cluster.failNext(method, path, 0, { after: true });
    const { ref } = await started("lines 5");
    expectWhole(await drain(harness.executor, ref, 1), 5);
    expect(harness.cluster.store.list("jobs")).toHaveLength(1);
    expect(harness.cluster.store.list("pods")).toHaveLength(1);
  });

  it("waits for a busy API server as long as it says", async () => {
    harness.cluster.failNext("POST", /\/jobs$/, 429, { headers: { "retry-after": "1" } });
    harness.cluster.failNext("POST", /\/jobs$/, 500);
    expectWhole(await drain(harness.executor, (await started("lines 5")).ref, 1), 5);
  });

  it("gives a pod at the next start what the server before had no time for, with the token of then", async () => {
    const spec = harness.spec("lines 5");
    await harness.executor.prepare(spec);
    for (let tries = 0; tries < 12; tries += 1) harness.cluster.failNext("POST", /\/secrets$/, 500);
    await expect(harness.executor.start(spec)).rejects.toThrow();
    harness.cluster.forgetFaults();
    const executor = await harness.restarted();
    const ref = await executor.adopt(spec.name);
    if (ref === undefined) throw new Error("nothing was adopted");
    expectWhole(await drain(executor, ref, 1), 5);
    expect(harness.cluster.store.list("jobs")).toHaveLength(1);
    const launch = readFileSync(join(harness.dataDir, "attempts", spec.name, "launch.json"), "utf8");
    expect(launch).not.toContain(spec.token);
  });

  it("is not misled by a Secret that an earlier Job of this name has left", async () => {
    const spec = harness.spec("lines 5");
    harness.cluster.store.put("secrets", { metadata: { name: spec.name }, stringData: { "config.json": "{}" } });
    harness.cluster.kubelet.fault = { waiting: { reason: "ContainerCreating" } };
    const { ref } = await started("", spec);
    harness.cluster.kubelet.fault = undefined;
    for (const { metadata } of harness.cluster.store.list("pods")) harness.cluster.kubelet.admit(metadata.name);
    expectWhole(await drain(harness.executor, ref, 1), 5);
  });

  it("leaves neither Job, pod nor Secret after clean-up", async () => {
    const { spec } = await started("endless");
    await podName(spec);
    await harness.executor.cleanup(spec.name);
    for (let tries = 0; tries < 300 && harness.cluster.store.list("pods").length > 0; tries += 1) await pause(10);
    for (const kind of ["jobs", "pods", "secrets"] as const) expect(harness.cluster.store.list(kind)).toEqual([]);
    expect(harness.cluster.requests.filter((line) => line.startsWith("DELETE"))).toHaveLength(1);
  });

  it("lists Jobs for whoever looks for leftovers", async () => {
    const { spec } = await started("endless");
    expect(await harness.executor.jobs.list()).toEqual([spec.name]);
  });

  it("watches each kind once, however many attempts there are", async () => {
    const refs = await Promise.all(["lines 3", "lines 4", "lines 5"].map(async (prompt) => (await started(prompt)).ref));
    await Promise.all(refs.map((ref) => drain(harness.executor, ref, 1)));
    expect(harness.cluster.requests.filter((line) => line.includes("watch=1"))).toHaveLength(2);
  });
});
