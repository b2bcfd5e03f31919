import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { landSchema } from "@/lib/protocol/landing";
import { checkout, checkoutForEachTest, git, harness, land, preview, read, work } from "./checkout-harness";

checkoutForEachTest();

describe("a checkout with uncommitted work", () => {
  it("is refused where the change touches it, the files named before, and nothing is recorded", async () => {
    const run = await harness.run(checkout, [work]);
    harness.write(checkout, "src/retry.ts", "mine\n");
    harness.write(checkout, "old.txt", "staged\n");
    git("add", "old.txt");
    harness.write(checkout, "new/deep/added.sh", "untracked\n");
    const seen = await preview(run.runId, { kind: "checkout" });
    expect(seen.blockers.map(({ code, paths }) => [code, paths])).toEqual([
      ["dirty", ["old.txt", "src/retry.ts"]],
      ["untracked", ["new/deep/added.sh"]],
    ]);
    for (const mode of ["commit", "worktree", "branch"] as const) {
      await expect(land(run.runId, { kind: "checkout", mode })).rejects.toThrow(/src\/retry\.ts/);
    }
    expect([read("src/retry.ts"), read("old.txt"), read("new/deep/added.sh")]).toEqual(["mine\n", "staged\n", "untracked\n"]);
    expect(git("rev-parse", "HEAD")).toBe(run.base?.commit);
    expect((await harness.state(run.runId)).landings).toEqual([]);
  });

  it("keeps uncommitted work elsewhere, staged or not", async () => {
    const run = await harness.run(checkout, [(tree) => harness.write(tree, "src/retry.ts", "agent\n")]);
    harness.write(checkout, "README.md", "staged\n");
    git("add", "README.md");
    harness.write(checkout, "old.txt", "unstaged\n");
    harness.write(checkout, "notes.txt", "untracked\n");
    const landed = await land(run.runId, { kind: "checkout" });
    expect(git("show", "--stat=200", "--format=", "HEAD")).not.toContain("README");
    expect(git("status", "--porcelain").split("\n")).toEqual(["M  README.md", " M old.txt", "?? notes.txt"]);
    expect(landed.status).toBe("finished");
  });

  it("does not overwrite a file that is ignored", async () => {
    harness.write(checkout, ".git/info/exclude", "*.env\n");
    const run = await harness.run(checkout, [(tree) => harness.write(tree, "prod.env", "agent\n")]);
    harness.write(checkout, "prod.env", "my only copy\n");
    await expect(land(run.runId, { kind: "checkout" })).rejects.toThrow(/prod\.env/);
    expect(read("prod.env")).toBe("my only copy\n");
  });

  it.each([
    ["a merge", () => git("merge", "-q", "other")],
    ["a cherry-pick", () => git("cherry-pick", "other")],
    ["a rebase", () => git("rebase", "-q", "other")],
  ])("is refused in the middle of %s", async (words, begin) => {
    const run = await harness.run(checkout, [work]);
    git("switch", "-qc", "other");
    harness.write(checkout, "README.md", "theirs\n");
    git("commit", "-qam", "theirs");
    git("switch", "-q", "main");
    harness.write(checkout, "README.md", "ours\n");
    git("commit", "-qam", "ours");
    expect(begin).toThrow();
    const { blockers } = await preview(run.runId, { kind: "checkout" });
    expect(blockers.map(({ code }) => code)).toContain("in_progress");
    await expect(land(run.runId, { kind: "checkout" })).rejects.toThrow(words);
  });

  it("is refused without a branch to commit on, and while another git works there", async () => {
    const run = await harness.run(checkout, [work]);
    git("switch", "-q", "--detach");
    await expect(land(run.runId, { kind: "checkout" })).rejects.toMatchObject({ fields: [{ field: "mode" }] });
    harness.write(checkout, ".git/index.lock", "");
    await expect(land(run.runId, { kind: "checkout", mode: "worktree" })).rejects.toThrow(/index\.lock/);
    rmSync(join(checkout, ".git/index.lock"));
    await land(run.runId, { kind: "checkout", mode: "worktree" });
    expect(git("write-tree")).toBe(run.variations[0]?.snapshot?.tree);
  });
});

it("does not overwrite an ignored file that appears between the look and the write", async () => {
  harness.write(checkout, ".git/info/exclude", "*.env\n");
  const run = await harness.run(checkout, [(tree) => harness.write(tree, "prod.env", "agent\n")]);
  const { git: own } = harness.context;
  const late = harness.restarted({
    git: {
      ...own,
      writeCheckout(runId, write) {
        harness.write(checkout, "prod.env", "my only copy\n");
        return own.writeCheckout(runId, write);
      },
    },
  });
  await expect(late.land(run.runId, landSchema.parse({ kind: "checkout" }), "you")).rejects.toThrow(/prod\.env/);
  expect(read("prod.env")).toBe("my only copy\n");
});
