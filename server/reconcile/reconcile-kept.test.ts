import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createReconcileHarness, type ReconcileHarness } from "./reconcile-harness";

const HOUR = 60 * 60_000;
let harness: ReconcileHarness;
beforeEach(async () => {
  harness = await createReconcileHarness();
});
afterEach(() => harness.dispose());

it.each(["images", "checks/runs"])(
  "keeps the %s of runs, and moves those of no run to the trash once no request can be about to begin it",
  async (folder) => {
    await harness.run("liverun00000001", "live");
    await harness.put(`${folder}/liverun00000001/0`);
    await harness.put(`${folder}/nosuchrun00001/0`);
    const reconciler = harness.reconciler();
    const there = (runId: string): boolean => existsSync(join(harness.dataDir, folder, runId, "0"));
    await reconciler.run();
    expect(there("nosuchrun00001")).toBe(true);
    harness.ahead = HOUR;
    const { actions, errors } = await reconciler.run();
    expect(errors).toEqual([]);
    expect(actions.filter(({ what }) => what.includes(folder)).map(({ kind }) => kind)).toEqual(["moved_to_trash"]);
    expect([there("liverun00000001"), there("nosuchrun00001")]).toEqual([true, false]);
  },
);
