import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLocalHarness } from "../executors/local/local-harness";
import { createReconcileHarness, type ReconcileHarness } from "./reconcile-harness";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
let harness: ReconcileHarness;
let children: ChildProcess[];

beforeEach(async () => {
  harness = await createReconcileHarness();
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await harness.dispose();
});

/** A process that says it works for an attempt, as a shim does. */
function worker(name: string): { ended: Promise<unknown>; child: ChildProcess } {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)", join(harness.dataDir, "attempts", name)], {
    detached: true,
    stdio: "ignore",
  });
  children.push(child);
  return { child, ended: new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal))) };
}

describe("processes", () => {
  it("ends those of ended and unknown attempts, and no others", async () => {
    const live = worker(await harness.run("liverun00000001", "live"));
    const ended = worker(await harness.run("unsavedrun00001", "unsaved"));
    const unknown = worker("agent-nosuchrun00001-0");
    const elsewhere = worker("../elsewhere/agent-nosuchrun00001-0");
    const { actions, errors } = await harness.reconciler().run();
    expect(errors).toEqual([]);
    expect(actions.map(({ kind, what }) => `${kind} ${what}`).sort()).toEqual([
      "process_ended agent-nosuchrun00001-0",
      "process_ended agent-unsavedrun00001-0",
    ]);
    expect(await Promise.all([ended.ended, unknown.ended])).toEqual(["SIGKILL", "SIGKILL"]);
    for (const { child } of [live, elsewhere]) expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  });

  it("leaves those of a young folder that the log does not know yet", async () => {
    await harness.run("liverun00000001", "live");
    await harness.put("attempts/agent-nosuchrun00001-0/launch.json");
    const { child } = worker("agent-nosuchrun00001-0");
    expect((await harness.reconciler().run()).actions).toEqual([]);
    expect(child.signalCode).toBeNull();
  });

  it("leaves all of them while the database is empty: it may be the wrong one", async () => {
    const { child } = worker("agent-nosuchrun00001-0");
    expect((await harness.reconciler().run()).actions).toEqual([]);
    expect(child.signalCode).toBeNull();
  });

  it.skipIf(!existsSync("/usr/bin/script"))("leaves what a person runs in a terminal to look at a kept tree", async () => {
    const name = await harness.run("unsavedrun00001", "unsaved");
    const folder = join(harness.dataDir, "attempts", name);
    // Its own words name the folder too, but not as a word of its own.
    const looking = spawn("script", [
      "-qec",
      `${process.execPath} -e 'console.log("up"); setTimeout(() => {}, 60000)' ${folder}`,
      "/dev/null",
    ]);
    children.push(looking);
    await new Promise((resolve) => looking.stdout.once("data", resolve));
    expect((await harness.reconciler().run()).actions).toEqual([]);
    expect([looking.exitCode, looking.signalCode]).toEqual([null, null]);
  });

  it("does not move a folder whose processes do not end", async () => {
    await harness.run("liverun00000001", "live");
    await harness.put("attempts/agent-nosuchrun00001-0/tree/file");
    harness.ahead = DAY;
    const stubborn = {
      cleanup: async () => undefined,
      leftovers: async () => ["agent-nosuchrun00001-0"],
      endLeftovers: () => Promise.reject(new Error("process 7 does not end")),
    };
    const { actions, errors } = await harness.reconciler({ executor: stubborn }).run();
    expect(actions).toEqual([]);
    expect(errors).toEqual([{ what: "agent-nosuchrun00001-0", message: "process 7 does not end" }]);
  });

  it("ends a real shim with its whole sandbox once its attempt has ended", async () => {
    const local = await createLocalHarness();
    const other = await createReconcileHarness(local.dataDir);
    try {
      await other.run("test0000000000", "live");
      await rm(join(local.dataDir, "attempts/agent-test0000000000-0"), { recursive: true });
      const spec = local.spec("endless");
      await local.executor.prepare(spec);
      const ref = await local.executor.start(spec);
      for await (const item of local.executor.attach(ref, { fromLine: 1, signal: AbortSignal.timeout(20_000) })) {
        if (item.type === "line") break;
      }
      expect((await other.reconciler().run()).actions).toEqual([]);
      await other.finish("test0000000000");
      expect((await other.reconciler().run()).actions).toMatchObject([{ kind: "process_ended", what: spec.name }]);
      const exits = [];
      for await (const item of local.executor.attach(ref, { fromLine: 1, signal: AbortSignal.timeout(20_000) })) {
        if (item.type === "exit") exits.push(item.exit.kind);
      }
      expect(exits).toEqual(["failed"]);
      expect((await other.reconciler().run()).actions).toEqual([]);
    } finally {
      await other.dispose();
      await local.dispose();
    }
  });

  it("removes control groups and the like that no live attempt owns", async () => {
    const names = ["aideator-agent-liverun00000001-0", "aideator-agent-unsavedrun00001-0", "agent-nosuchrun00001-0"];
    await harness.run("liverun00000001", "live");
    await harness.run("unsavedrun00001", "unsaved");
    const removed: string[] = [];
    const groups = { label: "control group", list: async () => names, remove: async (name: string) => void removed.push(name) };
    const { actions } = await harness.reconciler({ extraResources: [groups] }).run();
    expect(removed).toEqual(names.slice(1));
    expect(actions.map(({ kind }) => kind)).toEqual(["resource_removed", "resource_removed"]);
  });
});
