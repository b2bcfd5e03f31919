import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createReconcileHarness, type ReconcileHarness } from "./reconcile-harness";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
let harness: ReconcileHarness;

beforeEach(async () => {
  harness = await createReconcileHarness();
});
afterEach(() => harness.dispose());

describe("repositories", () => {
  const pins = (): string[] => harness.git(harness.mirror, "for-each-ref", "--format=%(refname:lstrip=2)").split("\n");
  const pin = (runId: string): string => harness.git(harness.mirror, "update-ref", `refs/aideator/base/${runId}`, "refs/heads/main");

  it("keeps every repository of a run, and moves those of no run to the trash with their pins following later", async () => {
    const reconciler = harness.reconciler({ retention: { trashDays: 3 } });
    await harness.run("oldrun000000001", "saved");
    harness.git(harness.dataDir, "init", "-q", "--bare", "runs/nosuchrun00001.git");
    pin("nosuchrun00001");
    pin("longgonerun001");
    const young = await reconciler.run();
    expect(young.actions.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      `pin_removed ${harness.mirror} refs/aideator/base/longgonerun001`,
    ]);
    harness.ahead = HOUR / 2;
    expect((await reconciler.run()).actions.map(({ kind }) => kind)).toEqual(["attempt_removed", "moved_to_trash"]);
    expect(pins()).toContain("base/nosuchrun00001");
    harness.ahead = 4 * DAY;
    expect((await reconciler.run()).actions.map(({ kind }) => kind)).toEqual(["trash_deleted", "pin_removed"]);
    expect(pins().filter((name) => name.startsWith("base/"))).toEqual(["base/oldrun000000001"]);
    expect(harness.git(join(harness.dataDir, "runs/oldrun000000001.git"), "cat-file", "-t", "refs/aideator/0/0")).toBe("commit");
  });

  it("removes locks and half-made packs of a killed git after an hour, in its own bare repositories only", async () => {
    const name = await harness.run("liverun00000001", "live");
    const mirror = harness.mirror.slice(harness.dataDir.length + 1);
    const stale = [
      `${mirror}/packed-refs.lock`,
      `${mirror}/refs/heads/feature/x.lock`,
      `${mirror}/objects/pack/tmp_pack_AbCdEf`,
      "runs/liverun00000001.git/HEAD.lock",
      "runs/liverun00000001.git/index.lock",
    ];
    const others = [`attempts/${name}/tree/.git/index.lock`, `attempts/${name}/snapshots/index.lock`, "sample/shop/.git/index.lock"];
    for (const path of [...stale, ...others]) await harness.put(path);
    harness.ahead = HOUR / 2;
    expect((await harness.reconciler().run()).actions).toEqual([]);
    harness.ahead = HOUR + MINUTE;
    const { actions } = await harness.reconciler().run();
    expect(actions.map(({ what }) => what).sort()).toEqual(stale.map((path) => join(harness.dataDir, path)).sort());
    for (const path of others) expect(existsSync(join(harness.dataDir, path))).toBe(true);
    pin("liverun00000001");
  });
});
