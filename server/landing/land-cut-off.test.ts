import { chmodSync, existsSync, lchownSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { landSchema } from "@/lib/protocol/landing";
import type { CheckoutWrite } from "../git/landing/landing-git";
import { checkout, checkoutForEachTest, git, harness, land, read, work } from "./checkout-harness";
import { createJournal } from "./journal";

checkoutForEachTest();

/** Several git processes on a machine that has other things to do. */
const PATIENCE_MS = 20_000;

describe("a write that is cut off", () => {
  /** What the journal and the log hold when the server dies after `cut`. */
  async function cutOff(cut: (write: CheckoutWrite) => void, mode: "commit" | "worktree" | "branch" = "commit"): Promise<string> {
    const run = await harness.run(checkout, [work]);
    // A landing that is late must not write into the checkout of the next try.
    let awaited = true;
    let told: () => void;
    const wasCut = new Promise<void>((resolve) => {
      told = resolve;
    });
    const dying = harness.restarted({
      git: {
        ...harness.context.git,
        async writeCheckout(runId, write) {
          // The objects come over as they would; then git gets as far as `cut` takes it.
          await harness.context.git.addBranch(runId, write.path, "objects", write.commit);
          if (awaited) {
            git("branch", "-qD", "objects");
            cut(write);
            told();
          }
          await new Promise(() => undefined);
        },
      },
    });
    const landed = dying.land(run.runId, landSchema.parse({ kind: "checkout", mode }), "you").then(() => "it landed");
    const late = pause(PATIENCE_MS, "it was not cut in time", { ref: false });
    expect(await Promise.race([wasCut, landed, late])).toBeUndefined();
    awaited = false;
    // The data folder is shared: of another test, or of a try that failed, is not of this one.
    const entries = await createJournal(join(harness.dir, "data")).list();
    expect(entries.map(({ runId }) => runId)).toContain(run.runId);
    await harness.restarted().recover();
    return run.runId;
  }

  it("is undone when files were half written, and what someone changed since stays", async () => {
    harness.write(checkout, "notes.txt", "mine\n");
    const runId = await cutOff(({ commit }) => {
      rmSync(join(checkout, "old.txt"));
      writeFileSync(join(checkout, "src/retry.ts"), git("show", `${commit}:src/retry.ts`).slice(0, 40));
      harness.write(checkout, "new/deep/added.sh", "#!/bin/sh\necho hi\n");
      writeFileSync(join(checkout, "logo.bin"), "edited after the crash");
    });
    expect(git("status", "--porcelain").split("\n")).toEqual(["M logo.bin", "?? notes.txt"]);
    expect(read("old.txt")).toBe("to be deleted\n");
    expect(existsSync(join(checkout, "new"))).toBe(false);
    const [landing] = (await harness.state(runId)).landings;
    expect(landing?.status === "failed" && landing.failure.message).toContain("logo.bin");
    expect((await land(runId, { kind: "checkout" }).catch((error: unknown) => error)) as Error).toMatchObject({
      message: expect.stringContaining("logo.bin"),
    });
    git("checkout", "-q", "--", "logo.bin");
    expect((await land(runId, { kind: "checkout" })).status).toBe("finished");
  });

  it("is undone when the files were there and the commit was not", async () => {
    const runId = await cutOff(({ head, commit }) => void git("read-tree", "-m", "-u", head, commit));
    expect(git("status", "--porcelain")).toBe("");
    expect(git("rev-parse", "HEAD")).toBe((await harness.state(runId)).base?.commit);
    expect((await land(runId, { kind: "checkout" })).status).toBe("finished");
  });

  it("takes a new branch away again", async () => {
    const runId = await cutOff(({ head, commit, newRef = "" }) => {
      git("update-ref", newRef, commit);
      git("read-tree", "-m", "-u", head, commit);
    }, "branch");
    expect(git("branch", "--format=%(refname:short)")).toBe("main");
    expect(git("status", "--porcelain")).toBe("");
    expect((await land(runId, { kind: "checkout", mode: "branch" })).status).toBe("finished");
  });

  it.each(["commit", "worktree"] as const)("is recorded as done when it was (%s)", async (mode) => {
    const runId = await cutOff(({ head, commit }) => {
      git("read-tree", "-m", "-u", head, commit);
      if (mode === "commit") git("update-ref", "HEAD", commit);
    }, mode);
    expect((await harness.state(runId)).landings).toMatchObject([{ status: "finished", outcome: { place: checkout } }]);
  });

  it("is undone at once when git cannot write, and says what git said", async () => {
    if (process.getuid?.() === 0) {
      for (const name of [".", ...readdirSync(checkout, { recursive: true, encoding: "utf8" })])
        lchownSync(join(checkout, name), 12_345, 12_345);
      for (const folder of [harness.dir, harness.code]) chmodSync(folder, 0o755);
    }
    const run = await harness.run(checkout, [work]);
    chmodSync(join(checkout, "src"), 0o555);
    const failed = land(run.runId, { kind: "checkout", author: { name: "Bob", email: "bob@example.com" } });
    await expect(failed).rejects.toThrow(/could not be changed/);
    chmodSync(join(checkout, "src"), 0o755);
    expect(git("status", "--porcelain")).toBe("");
    expect((await harness.state(run.runId)).landings).toMatchObject([{ status: "failed", failure: { code: "landing" } }]);
    expect((await land(run.runId, { kind: "checkout", author: { name: "Bob", email: "bob@example.com" } })).status).toBe("finished");
  });
});
