import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AttachItem, AttemptSpec, CollectedTree, Executor, ExecutorRef } from "../executor";
import { drain } from "../executor.contract";
import { createKubernetesHarness, type KubernetesHarness } from "./kubernetes-harness";

let harness: KubernetesHarness;
beforeEach(async () => {
  harness = await createKubernetesHarness();
});
afterEach(() => harness.dispose());

/** Prints `{"n":1}` to `{"n":count}`, one every `ms`. */
const slowly = (count: number, ms = 15): string =>
  `js export default async ({ print, pause }) => { for (let n = 1; n <= ${count}; n += 1) { print(JSON.stringify({ n })); await pause(${ms}); } }`;

async function started(prompt: string, spec = harness.spec(prompt)): Promise<{ ref: ExecutorRef; spec: AttemptSpec }> {
  await harness.executor.prepare(spec);
  return { ref: await harness.executor.start(spec), spec };
}

/** Everything, with `act` once after line `at`. */
async function drainWith(ref: ExecutorRef, at: number, act: () => unknown, executor: Executor = harness.executor): Promise<AttachItem[]> {
  const items: AttachItem[] = [];
  for await (const item of executor.attach(ref, { fromLine: 1, signal: new AbortController().signal })) {
    items.push(item);
    if (items.length === at) await act();
  }
  return items;
}

const texts = (items: AttachItem[]): string[] => items.flatMap((item) => (item.type === "line" ? [item.line.text] : []));
const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `{"n":${at + 1}}`);
const exitOf = (items: AttachItem[]) => items.flatMap((item) => (item.type === "exit" ? [item.exit] : []));
const failureOf = (items: AttachItem[]) => exitOf(items).map((exit) => (exit.kind === "failed" ? exit.failure : undefined))[0];

/** Each line once and in order, then the agent's own end. */
function expectWhole(items: AttachItem[], count: number): void {
  expect(texts(items)).toEqual(numbered(count));
  expect(items.map((item) => (item.type === "line" ? item.line.line : 0))).toEqual([
    ...Array.from({ length: count }, (_, at) => at + 1),
    0,
  ]);
  expect(exitOf(items)).toEqual([{ kind: "exited", code: 0 }]);
}

async function podName(spec: AttemptSpec): Promise<string> {
  for (;;) {
    const pod = harness.cluster.store.list("pods").find(({ metadata }) => metadata.name.startsWith(`${spec.name}-`));
    if (pod !== undefined && harness.cluster.kubelet.containers.has(pod.metadata.name)) return pod.metadata.name;
    await pause(10);
  }
}

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
    harness.executor.close();
    await harness.dispose();
    harness = await createKubernetesHarness({ silentMs: 300 });
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
    await harness.dispose();
    harness = await createKubernetesHarness({ patience: { image: 300, setUp: 300, place: 20_000, quiet: 100 } });
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

describe("trees", () => {
  let scratch: string;
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "aid-pod-tree-"));
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  /** Paths of what was collected, with their contents. */
  function contents(taken: CollectedTree): Record<string, string> {
    const repository = join(scratch, `${Math.random()}.git`);
    execFileSync("git", ["clone", "-q", "--bare", harness.mirror, repository]);
    if (taken.packFile !== undefined) {
      execFileSync("sh", ["-c", 'git --git-dir "$1" index-pack --stdin --fix-thin < "$2"', "sh", repository, taken.packFile], {
        stdio: "ignore",
      });
    }
    const git = (...args: string[]): string => execFileSync("git", ["--git-dir", repository, ...args], { encoding: "utf8" });
    const paths = git("ls-tree", "-r", "-z", "--name-only", taken.commit)
      .split("\0")
      .filter((path) => path !== "");
    return Object.fromEntries(paths.map((path) => [path, git("show", `${taken.commit}:${path}`)]));
  }

  const writing = (text: string, then = ""): string =>
    `js export default async ({ print, pause }) => { (await import("node:fs")).writeFileSync("new.txt", ${JSON.stringify(text)}); print("written"); ${then} }`;

  it("starts from the base that the server sends, and gives back what the agent did", async () => {
    const { ref, spec } = await started(writing("hello"));
    await drain(harness.executor, ref, 1);
    const taken = await harness.executor.collect(spec, { final: true });
    expect(contents(taken)).toEqual({ "a file.txt": "one\n", "ümläut/日本.txt": "zwei\n", "new.txt": "hello" });
    expect(taken).toMatchObject({ complete: true, warnings: [] });
  });

  it("is the base when nothing was changed", async () => {
    const { ref, spec } = await started("lines 1");
    await drain(harness.executor, ref, 1);
    expect(await harness.executor.collect(spec, { final: true })).toEqual({ commit: harness.base, warnings: [], complete: true });
  });

  it("is taken while the agent works, and kept when the pod is then killed", async () => {
    const { ref, spec } = await started(writing("half way", "await pause(60000);"));
    const pod = await podName(spec);
    const items = await drainWith(ref, 1, async () => {
      expect(contents(await harness.executor.collect(spec, { final: false }))).toMatchObject({ "new.txt": "half way" });
      harness.cluster.kubelet.outOfMemory(pod);
    });
    expect(failureOf(items)?.code).toBe("out_of_memory");
    const taken = await harness.executor.collect(spec, { final: true });
    expect(contents(taken)).toMatchObject({ "new.txt": "half way" });
    expect(taken.warnings).toEqual([expect.stringContaining("This is the one before.")]);
  });

  it("is uploaded once more when the agent is stopped or evicted", async () => {
    const { ref, spec } = await started(writing("at the stop", "await pause(60000);"));
    const items = await drainWith(ref, 1, () => harness.executor.stop(ref));
    expect(failureOf(items)?.message).toBe("The agent was stopped.");
    expect(contents(await harness.executor.collect(spec, { final: true }))).toMatchObject({ "new.txt": "at the stop" });
  });

  it("says so when nothing was uploaded", async () => {
    const { ref, spec } = await started(writing("lost", "await pause(60000);"));
    const pod = await podName(spec);
    await drainWith(ref, 1, () => harness.cluster.kubelet.outOfMemory(pod));
    const taken = await harness.executor.collect(spec, { final: true });
    expect(taken).toMatchObject({ commit: harness.base, warnings: [expect.stringContaining("nothing of it is left")] });
  });
});
