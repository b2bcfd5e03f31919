import { readdirSync, readFileSync, statSync } from "node:fs";
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

describe("the whole look", () => {
  it("does nothing the second time", async () => {
    await harness.run("liverun00000001", "live");
    await harness.run("savedrun0000001", "saved");
    await harness.run("unsavedrun00001", "unsaved");
    await harness.put("attempts/agent-nosuchrun00001-0/tree/file");
    await harness.put("runs/nosuchrun00001.git/HEAD");
    await harness.put("tmp/quarantine-abc/pack");
    await harness.put("runs/liverun00000001.git/HEAD.lock");
    harness.ahead = 2 * HOUR;
    const reconciler = harness.reconciler();
    const first = await reconciler.run();
    expect(first.errors).toEqual([]);
    expect(first.actions.map(({ kind }) => kind).sort()).toEqual([
      "attempt_removed",
      "lock_removed",
      "moved_to_trash",
      "moved_to_trash",
      "temporary_removed",
    ]);
    const second = await reconciler.run();
    expect(second.actions).toEqual([]);
    expect(second.errors).toEqual([]);
    expect(second.kept).toEqual(first.kept);
  });

  it("goes on where one that was killed had stopped: between the move to the trash and the delete, or in the delete", async () => {
    await harness.run("liverun00000001", "live");
    const day = new Date(Date.now() - 4 * DAY).toISOString().slice(0, 10);
    await harness.put(`trash/${day}T10-00-00Z-agent-nosuchrun00001-0/tree/half-deleted`);
    await harness.put("trash/kept-by-a-person/file");
    const { actions } = await harness.reconciler().run();
    expect(actions).toMatchObject([{ kind: "trash_deleted" }]);
    expect(readdirSync(join(harness.dataDir, "trash"))).toEqual(["kept-by-a-person"]);
  });

  it("writes its report in one piece, for its own user, and remembers it", async () => {
    await harness.run("unsavedrun00001", "unsaved");
    const reconciler = harness.reconciler();
    expect(reconciler.last()).toBeUndefined();
    const [report, same] = await Promise.all([reconciler.run(), reconciler.run()]);
    expect(same).toBe(report);
    expect(reconciler.last()).toBe(report);
    const file = join(harness.dataDir, "reconcile.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(report);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(harness.dataDir).filter((name) => name.endsWith(".half"))).toEqual([]);
    expect(report.disk?.byKind.attempts).toBeGreaterThan(0);
    expect(report.disk?.byKind.database).toBeGreaterThan(0);
  });

  it("looks at once when started, and does nothing more once it is stopped", async () => {
    await harness.run("savedrun0000001", "saved");
    harness.ahead = HOUR;
    const stopped = harness.reconciler();
    stopped.start()();
    expect((await stopped.run()).actions).toEqual([]);
    const reconciler = harness.reconciler();
    const stop = reconciler.start();
    expect((await reconciler.run()).actions).toHaveLength(1);
    stop();
  });

  it("refuses times that make no sense", () => {
    expect(() => harness.reconciler({ retention: { keptTreesDays: -1 } })).toThrow();
  });
});
