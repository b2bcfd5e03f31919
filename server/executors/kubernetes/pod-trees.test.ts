import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CollectedTree } from "../executor";
import { drain } from "../executor.contract";
import { clusterForEachTest, drainWith, failureOf, harness, podName, started } from "./started-attempts-harness";

clusterForEachTest();

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
