import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { AttachItem, Executor } from "../executor";
import { drain } from "../executor.contract";
import type { KubernetesHarness } from "./kubernetes-harness";
import {
  clusterForEachTest,
  drainWith,
  expectWhole,
  harness,
  podName,
  renewHarness,
  slowly,
  started,
  texts,
} from "./started-attempts-harness";

clusterForEachTest();

describe("a log that is cut", () => {
  it.each<[string, (cluster: KubernetesHarness["cluster"]) => unknown]>([
    ["its connection breaks", (cluster) => cluster.cutLogs()],
    ["the kubelet restarts, and the log ends as if all were said", (cluster) => cluster.restartKubelet()],
    ["the API server forgets its history (410)", (cluster) => cluster.expireWatches()],
    ["the API server is away for a second", (cluster) => cluster.restartApiServer(1_000)],
    [
      "reading it again is refused at first (429, 500)",
      (cluster) => {
        cluster.failNext("GET", /\/log$/, 429, { headers: { "retry-after": "1" } });
        cluster.failNext("GET", /\/log$/, 500);
        cluster.cutLogs();
      },
    ],
    [
      "everything at once",
      async (cluster) => {
        cluster.cutLogs();
        cluster.expireWatches();
        await cluster.restartApiServer(300);
      },
    ],
  ])("gives each line once when %s", async (_name, fault) => {
    const { ref } = await started(slowly(80));
    expectWhole(await drainWith(ref, 20, () => fault(harness.cluster)), 80);
  });

  it("gives each line once when it is cut again and again", async () => {
    const { ref } = await started(slowly(100));
    const cutting = setInterval(() => harness.cluster.cutLogs(), 70);
    expectWhole(await drain(harness.executor, ref, 1), 100);
    clearInterval(cutting);
  });

  it("asks the pod for what the node rotated away meanwhile", async () => {
    const { ref } = await started(slowly(80));
    const items = await drainWith(ref, 10, async () => {
      await harness.cluster.goDownFor(async () => {
        await pause(300);
        harness.cluster.rotate();
      });
    });
    expectWhole(items, 80);
  });

  it("takes from the pod's last upload what its node lost at the very end", async () => {
    const { ref, spec } = await started(slowly(30, 5));
    const pod = await podName(spec);
    harness.cluster.rotate();
    const container = harness.cluster.kubelet.containers.get(pod);
    container?.once("end", () => harness.cluster.rotate());
    await new Promise((resolve) => container?.once("end", resolve));
    expectWhole(await drain(harness.executor, ref, 1), 30);
  });

  it("opens a log anew that stalls after a rotation", async () => {
    await renewHarness({ silentMs: 300 });
    const { ref } = await started(slowly(80));
    expectWhole(await drainWith(ref, 10, () => harness.cluster.rotate({ stall: true })), 80);
  });

  it("loses nothing when the server restarts, also twice and with a torn copy", async () => {
    const { ref } = await started(slowly(120));
    let executor: Executor = harness.executor;
    for (const stop of [15, 40]) {
      const leave = new AbortController();
      for await (const item of executor.attach(ref, { fromLine: 1, signal: leave.signal })) {
        if (item.type === "line" && item.line.line === stop) leave.abort();
      }
      execFileSync("sh", ["-c", `printf '77 {"torn' >> "$1"`, "sh", join(harness.dataDir, "attempts", ref.name, "spool.jsonl")]);
      executor = await harness.restarted();
    }
    expectWhole(await drain(executor, ref, 1), 120);
  });

  it("waits for an API server that is away when the server starts, longer than any call is tried", async () => {
    const { ref } = await started(slowly(60));
    let whole: Promise<AttachItem[]> | undefined;
    await harness.cluster.goDownFor(async () => {
      const executor = await harness.restarted();
      expect(await executor.alive(ref)).toBe(true);
      whole = drain(executor, ref, 1);
      await pause(5_000);
    });
    expectWhole((await whole) ?? [], 60);
  });

  it("keeps what a program prints as it is: long lines, no text, both outputs", async () => {
    const script = `js export default async ({ print }) => { print("x".repeat(300000)); process.stderr.write("to stderr\\n"); process.stdout.write(Buffer.from([0xff, 0x00, 0x0a])); print("#7 not a number"); }`;
    const lines = texts(await drain(harness.executor, (await started(script)).ref, 1));
    expect(lines).toContain("x".repeat(300_000));
    expect(lines).toContain("#7 not a number");
    expect(lines).toContain(JSON.stringify({ type: "log.line", stream: "stderr", text: "to stderr" }));
    expect(lines).toHaveLength(4);
  });
});

describe("what a watch has not shown yet", () => {
  it("is no deletion: the Job is asked for", async () => {
    const first = await started("lines 1");
    await drain(harness.executor, first.ref, 1);
    // From here on both watches are refused, while everything else answers.
    for (let tries = 0; tries < 40; tries += 1) harness.cluster.failNext("GET", /\/jobs$/, 500);
    harness.cluster.expireWatches();
    await pause(300);
    const { ref } = await started(slowly(40));
    const watched = drain(harness.executor, ref, 1);
    await pause(1_500);
    harness.cluster.forgetFaults();
    expectWhole(await watched, 40);
  });
});
