import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { rm } from "node:fs/promises";
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

const attempt = (name: string): string => join(harness.dataDir, "attempts", name);
const inTrash = (): string[] => {
  const trash = join(harness.dataDir, "trash");
  return existsSync(trash) ? readdirSync(trash).map((name) => name.replace(/^[-\dTZ]*?Z-/, "")) : [];
};

describe("attempts' folders", () => {
  it("leaves everything of a live attempt as it is, however old", async () => {
    const name = await harness.run("liverun00000001", "live");
    harness.ahead = 400 * DAY;
    const { actions, kept, errors } = await harness.reconciler().run();
    expect({ actions, kept, errors }).toEqual({ actions: [], kept: [], errors: [] });
    expect(readFileSync(join(attempt(name), "tree/work.txt"), "utf8")).toBe("work of liverun00000001");
  });

  it("removes what a killed server left of an attempt whose work is saved, once its supervisor can be gone", async () => {
    const reconciler = harness.reconciler();
    const name = await harness.run("savedrun0000001", "saved");
    expect((await reconciler.run()).actions).toEqual([]);
    harness.ahead = 11 * MINUTE;
    const { actions, kept } = await reconciler.run();
    expect(actions).toMatchObject([{ kind: "attempt_removed", what: attempt(name) }]);
    expect(actions[0]?.bytes).toBeGreaterThan(0);
    expect(kept).toEqual([]);
    expect(harness.cleaned).toEqual([name]);
    expect(existsSync(attempt(name))).toBe(false);
  });

  it("finishes at its start what the server before it had no time for: an attempt that it ended and did not clear up", async () => {
    harness.ahead = -1;
    const ended = await harness.run("savedrun0000003", "saved");
    await new Promise((resolve) => setTimeout(resolve, 5));
    harness.ahead = 0;
    const reconciler = harness.reconciler();
    harness.ahead = 1;
    const mine = await harness.run("savedrun0000004", "saved");
    const { actions } = await reconciler.run();
    expect(actions).toMatchObject([{ kind: "attempt_removed", what: attempt(ended) }]);
    expect([existsSync(attempt(ended)), existsSync(attempt(mine))]).toEqual([false, true]);
  });

  it("believes the log only where the snapshot really is in the run's repository", async () => {
    const name = await harness.run("savedrun0000002", "saved");
    harness.git(join(harness.dataDir, "runs/savedrun0000002.git"), "update-ref", "-d", "refs/aideator/0/0");
    harness.ahead = 11 * MINUTE;
    const { actions, kept } = await harness.reconciler().run();
    expect(actions).toEqual([]);
    expect(kept).toMatchObject([{ what: join(attempt(name), "tree") }]);
  });

  it("removes a tree in which no program ever ran", async () => {
    const name = await harness.run("neverran0000001", "unsaved");
    await rm(join(attempt(name), "launch.json"));
    harness.ahead = 11 * MINUTE;
    expect((await harness.reconciler().run()).actions).toMatchObject([{ kind: "attempt_removed", what: attempt(name) }]);
  });

  it("keeps and reports unsaved work; weeks later it goes to the trash, and from there for good", async () => {
    const name = await harness.run("unsavedrun00001", "unsaved");
    const reconciler = harness.reconciler();
    for (const ahead of [0, HOUR, 13 * DAY]) {
      harness.ahead = ahead;
      const { actions, kept } = await reconciler.run();
      expect(actions).toEqual([]);
      expect(kept).toMatchObject([{ what: join(attempt(name), "tree"), why: expect.stringContaining("14 days") }]);
      expect(kept[0]?.bytes).toBeGreaterThan(0);
    }
    harness.ahead = 14 * DAY + MINUTE;
    expect((await reconciler.run()).actions).toMatchObject([{ kind: "moved_to_trash", what: attempt(name) }]);
    expect(inTrash()).toEqual([name]);
    harness.ahead = 16 * DAY;
    expect((await reconciler.run()).actions).toEqual([]);
    harness.ahead = 18 * DAY;
    expect((await reconciler.run()).actions).toMatchObject([{ kind: "trash_deleted" }]);
    expect(inTrash()).toEqual([]);
    expect(harness.cleaned).toEqual([]);
  });

  it("is not led astray by times that an agent set", async () => {
    const name = await harness.run("unsavedrun00002", "unsaved");
    for (const path of ["", "tree", "tree/work.txt"]) utimesSync(join(attempt(name), path), 1, 1);
    expect((await harness.reconciler().run()).kept).toHaveLength(1);
  });

  it("counts from the folder's last change where that came after the attempt's end", async () => {
    harness.ahead = -30 * DAY;
    await harness.run("unsavedrun00004", "unsaved");
    harness.ahead = 0;
    const { actions, kept } = await harness.reconciler().run();
    expect(actions).toEqual([]);
    expect(kept).toHaveLength(1);
  });

  it("gives other times when other times are asked for", async () => {
    const name = await harness.run("unsavedrun00003", "unsaved");
    harness.ahead = 2 * DAY;
    const reconciler = harness.reconciler({ retention: { keptTreesDays: 1, trashDays: 0 } });
    const { actions } = await reconciler.run();
    expect(actions.map(({ kind }) => kind)).toEqual(["moved_to_trash", "trash_deleted"]);
    expect(existsSync(attempt(name))).toBe(false);
  });

  it("moves folders of no run to the trash, but not young ones", async () => {
    await harness.run("liverun00000002", "live");
    await harness.put("attempts/agent-nosuchrun00001-0/tree/file");
    await harness.put("attempts/not-an-attempt/file");
    expect((await harness.reconciler().run()).actions).toEqual([]);
    harness.ahead = 11 * MINUTE;
    const { actions, kept } = await harness.reconciler().run();
    expect(actions).toMatchObject([{ kind: "moved_to_trash", what: attempt("agent-nosuchrun00001-0") }]);
    expect(kept).toEqual([]);
    expect(inTrash()).toEqual(["agent-nosuchrun00001-0"]);
    expect(readdirSync(join(harness.dataDir, "attempts")).sort()).toEqual(["agent-liverun00000002-0", "not-an-attempt"]);
  });

  it("keeps what is named like a part of a known run but is no attempt of it", async () => {
    await harness.run("liverun00000003", "live");
    await harness.put("attempts/agent-liverun00000003-7/tree/file");
    await harness.put("attempts/agent-liverun00000003-0-1/tree/file");
    harness.ahead = 100 * DAY;
    const { actions, kept } = await harness.reconciler().run();
    expect(actions).toEqual([]);
    expect(kept).toHaveLength(2);
  });

  it("gives up nothing while the database is empty: it may be the wrong one", async () => {
    await harness.put("attempts/agent-nosuchrun00001-0/tree/file");
    mkdirSync(join(harness.dataDir, "runs/nosuchrun00001.git"), { recursive: true });
    harness.ahead = DAY;
    const { actions, kept } = await harness.reconciler().run();
    expect(actions).toEqual([]);
    expect(kept.map(({ what }) => what).sort()).toEqual([
      attempt("agent-nosuchrun00001-0"),
      join(harness.dataDir, "runs/nosuchrun00001.git"),
    ]);
  });

  it("says when the tree of a running agent is gone", async () => {
    const name = await harness.run("liverun00000004", "live");
    await rm(join(attempt(name), "tree"), { recursive: true });
    const { errors } = await harness.reconciler().run();
    expect(errors).toEqual([{ what: join(attempt(name), "tree"), message: "The working tree of a running agent is gone." }]);
  });

  it("touches nothing that comes to life between the look and the deed", async () => {
    await harness.run("liverun00000005", "live");
    await harness.put("attempts/agent-justborn000001-0/tree/file");
    harness.ahead = HOUR;
    const reconciler = harness.reconciler();
    let born = 0;
    const racing = harness.reconciler({
      index: {
        listRuns: async () => ({ rows: [], total: 1 }),
        unfinishedRuns: async () => [],
        // Unknown to the first question about it, known to the second.
        getRun: async (runId) => (runId !== "justborn000001" || ++born > 1 ? { runId, createdAt: 0, summary: "" } : undefined),
      },
    });
    expect((await racing.run()).actions).toEqual([]);
    expect(born).toBe(2);
    expect((await reconciler.run()).actions).toHaveLength(1);
  });
});
