import { chmodSync, lchownSync, lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { landSchema } from "@/lib/protocol/landing";
import { checkout, checkoutForEachTest, checkouts, git, harness, land, preview, read, work } from "./checkout-harness";

checkoutForEachTest();

describe("landing in a clean checkout", () => {
  it("makes one commit by the user on the current branch, with the agents in its trailers", async () => {
    const run = await harness.run(checkout, [work]);
    const before = git("rev-parse", "HEAD");
    const landed = await land(run.runId, { kind: "checkout" });
    expect(landed).toMatchObject({
      status: "finished",
      kind: "checkout",
      variation_id: 0,
      branch: "main",
      commit: git("rev-parse", "HEAD"),
    });
    expect(git("status", "--porcelain")).toBe("");
    expect(git("rev-parse", "HEAD^")).toBe(before);
    expect(git("rev-parse", "HEAD^{tree}")).toBe(run.variations[0]?.snapshot?.tree);
    expect(git("log", "-1", "--format=%an <%ae> %cn <%ce>")).toBe("Ada Lovelace <ada@example.com> Ada Lovelace <ada@example.com>");
    expect(git("log", "-1", "--format=%s")).toBe("Make the retry policy exponential");
    expect(git("log", "-1", "--format=%(trailers:only,unfold)").split("\n")).toEqual([
      `Aideator-Run: ${run.runId}`,
      "Aideator-Variation: A",
      "Aideator-Agent: builtin demo",
      "Co-authored-by: AIdeator agent (builtin demo) <agent@aideator.invalid>",
    ]);
    expect(statSync(join(checkout, "new/deep/added.sh")).mode & 0o111).toBe(0o111);
    expect(git("reflog", "-1", "--format=%gs")).toContain("aideator");
    // The command to take it back does so.
    const undo = /git -C \S+ (.*)$/.exec(landed.notes[0] ?? "")?.[1] ?? "";
    git(...undo.split(" "));
    expect(git("rev-parse", "HEAD")).toBe(before);
    expect(git("status", "--porcelain")).toBe("");
  });

  it("records what was asked for and what came of it", async () => {
    const run = await harness.run(checkout, [work]);
    await land(run.runId, { kind: "checkout" });
    const types = (await harness.events(run.runId)).map(({ event }) => event.type).filter((type) => type.startsWith("landing."));
    expect(types).toEqual(["landing.started", "landing.finished"]);
    expect((await harness.state(run.runId)).landings).toMatchObject([{ kind: "checkout", source: 0, status: "finished" }]);
    expect(readdirSync(join(harness.dir, "data/landings"))).toEqual([]);
  });

  it("leaves the changes staged where that is wanted", async () => {
    const run = await harness.run(checkout, [work]);
    const before = git("rev-parse", "HEAD");
    const landed = await land(run.runId, { kind: "checkout", mode: "worktree" });
    expect(git("rev-parse", "HEAD")).toBe(before);
    expect(git("write-tree")).toBe(run.variations[0]?.snapshot?.tree);
    expect(git("diff")).toBe("");
    expect(landed).toMatchObject({ branch: null, next: `git -C ${checkout} commit` });
  });

  it("makes a new branch on the run's base and checks it out", async () => {
    const run = await harness.run(checkout, [work]);
    harness.write(checkout, "later.txt", "x\n");
    git("add", "-A");
    git("commit", "-qm", "later");
    const landed = await land(run.runId, { kind: "checkout", mode: "branch", branch: "try/it" });
    expect(landed.branch).toBe("try/it");
    expect(git("symbolic-ref", "--short", "HEAD")).toBe("try/it");
    expect(git("rev-parse", "HEAD^")).toBe(run.base?.commit);
    expect(git("status", "--porcelain")).toBe("");
    await expect(land(run.runId, { kind: "checkout", mode: "branch", branch: "try/it" })).rejects.toMatchObject({
      code: "conflict",
      fields: [{ field: "branch" }],
    });
  });

  it.each(["main/deeper", "topic"])("says before that a branch %s cannot stand beside the ones there", async (branch) => {
    const run = await harness.run(checkout, [work]);
    git("branch", "topic/one");
    for (const way of [true, false]) {
      const seen = await preview(run.runId, { kind: "checkout", mode: "branch", branch, switch: way });
      expect(seen.blockers).toMatchObject([{ code: "branch_exists", message: expect.stringContaining("cannot stand beside") }]);
    }
    await expect(land(run.runId, { kind: "checkout", mode: "branch", branch })).rejects.toMatchObject({ fields: [{ field: "branch" }] });
    expect((await harness.state(run.runId)).landings).toEqual([]);
  });

  it("makes a branch without switching to it, whatever the checkout is like", async () => {
    const run = await harness.run(checkout, [work]);
    harness.write(checkout, "README.md", "half done\n");
    const landed = await land(run.runId, { kind: "checkout", mode: "branch", branch: "aside", switch: false });
    expect(git("rev-parse", "aside")).toBe(landed.commit);
    expect(git("symbolic-ref", "--short", "HEAD")).toBe("main");
    expect(read("README.md")).toBe("half done\n");
    expect(landed.next).toBe(`git -C ${checkout} switch aside`);
  });

  it("works in a linked worktree", async () => {
    const linked = join(harness.code, `linked-${checkouts}`);
    const run = await harness.run(checkout, [work]);
    git("worktree", "add", "-q", "-b", "side", linked);
    await land(run.runId, { kind: "checkout", checkout: linked });
    expect(harness.git(linked, ["rev-parse", "HEAD^{tree}"])).toBe(run.variations[0]?.snapshot?.tree);
    expect(harness.git(linked, ["status", "--porcelain"])).toBe("");
    expect(git("rev-parse", "main")).toBe(run.base?.commit);
  });

  it("gives every file to the checkout's owner when the server is root", async () => {
    if (process.getuid?.() !== 0) return;
    const run = await harness.run(checkout, [work]);
    for (const name of [".", ...readdirSync(checkout, { recursive: true, encoding: "utf8" })])
      lchownSync(join(checkout, name), 12_345, 12_345);
    // The way to the folder must be open to them.
    for (const folder of [harness.dir, harness.code]) chmodSync(folder, 0o755);
    await land(run.runId, { kind: "checkout", author: { name: "Bob", email: "bob@example.com" } });
    const foreign = readdirSync(checkout, { recursive: true, encoding: "utf8" }).filter(
      (name) => lstatSync(join(checkout, name)).uid !== 12_345,
    );
    expect(foreign).toEqual([]);
    expect(git("log", "-1", "--format=%an")).toBe("Bob");
  });
});

describe("a checkout that has moved on", () => {
  it("is shown its conflicts before, file by file, and is not touched", async () => {
    const run = await harness.run(checkout, [work]);
    harness.write(checkout, "src/retry.ts", read("src/retry.ts").replace("line5 = 5;", "line5 = 500;"));
    git("commit", "-qam", "Count further");
    const seen = await preview(run.runId, { kind: "checkout" });
    expect(seen.moved).toMatchObject({
      from: run.base?.commit,
      to: git("rev-parse", "HEAD"),
      total: 1,
      commits: [{ subject: "Count further" }],
    });
    expect(seen.conflicts).toEqual([
      {
        path: "src/retry.ts",
        message: "Merge conflict in src/retry.ts",
        hunks: [{ line: 6, ours: ["export const line5 = 500;"], theirs: ["export const line5 = 55;"] }],
      },
    ]);
    expect(seen.blockers.map(({ code, paths }) => [code, paths])).toEqual([["conflicts", ["src/retry.ts"]]]);
    const head = git("rev-parse", "HEAD");
    await expect(land(run.runId, { kind: "checkout" })).rejects.toMatchObject({ code: "conflict", fields: [{ field: "rebase" }] });
    expect(git("rev-parse", "HEAD")).toBe(head);
    expect(git("status", "--porcelain")).toBe("");
    // As a branch on the old base it lands all the same.
    expect((await land(run.runId, { kind: "checkout", mode: "branch" })).status).toBe("finished");
  });

  it("gets the work three-way where nothing conflicts, on any branch", async () => {
    const run = await harness.run(checkout, [work]);
    git("switch", "-qc", "feature");
    harness.write(checkout, "src/retry.ts", read("src/retry.ts").replace("line25 = 25;", "line25 = 250;"));
    git("commit", "-qam", "elsewhere");
    const head = git("rev-parse", "HEAD");
    const seen = await preview(run.runId, { kind: "checkout" });
    const merges =
      "The checkout has moved on by 1 commit since the run began: the work is merged with what is there now. Run the tests afterwards.";
    expect(seen).toMatchObject({ rebases: true, blockers: [], warnings: ["The checkout is on feature; the run began on main.", merges] });
    expect((await preview(run.runId, { kind: "checkout", mode: "branch" })).warnings).not.toContain(merges);
    await land(run.runId, { kind: "checkout" });
    expect(git("rev-parse", "HEAD^")).toBe(head);
    expect(read("src/retry.ts")).toContain("line5 = 55;");
    expect(read("src/retry.ts")).toContain("line25 = 250;");
    await expect(land(run.runId, { kind: "checkout" })).rejects.toThrow(/there already/);
  });
});

describe("repeating and changing", () => {
  it("answers the same landing to the same key, and refuses the key for another", async () => {
    const run = await harness.run(checkout, [work]);
    const [one, two] = await Promise.all([land(run.runId, { kind: "checkout" }, "k"), land(run.runId, { kind: "checkout" }, "k")]);
    expect(two).toEqual(one);
    expect(await land(run.runId, { kind: "checkout" }, "k")).toEqual(one);
    expect(git("rev-list", "--count", "HEAD")).toBe("2");
    await expect(land(run.runId, { kind: "checkout", mode: "worktree" }, "k")).rejects.toMatchObject({
      fields: [{ field: "Idempotency-Key" }],
    });
  });

  it("lands another variation than the winner, after the first was taken back", async () => {
    const run = await harness.run(checkout, [work, (tree) => harness.write(tree, "b.txt", "B\n")]);
    await land(run.runId, { kind: "checkout" });
    git("reset", "-q", "--hard", "HEAD^");
    await land(run.runId, {
      kind: "checkout",
      variation_id: 1,
      message: "Take B\n\nIts tests are better.\n---\nFrom: Eve <eve@example.com>",
    });
    expect(git("rev-parse", "HEAD^{tree}")).toBe(run.variations[1]?.snapshot?.tree);
    expect(git("log", "-1", "--format=%an %(trailers:key=Aideator-Variation,valueonly)")).toBe("Ada Lovelace B");
    expect((await harness.state(run.runId)).landings.map(({ source }) => source)).toEqual([0, 1]);
  });

  it("names the way out when no tree, no winner, no folder or no author is there", async () => {
    const run = await harness.run(checkout, [work, () => undefined]);
    await expect(land(run.runId, { kind: "checkout", variation_id: 1 })).rejects.toThrow(/changed nothing/);
    await expect(land(run.runId, { kind: "checkout", variation_id: 4 })).rejects.toMatchObject({ code: "not_found" });
    await expect(land(run.runId, { kind: "checkout", checkout: "/etc" })).rejects.toMatchObject({ fields: [{ field: "checkout" }] });
    await expect(land(run.runId, { kind: "checkout", checkout: "https://example.com/a/b" })).rejects.toMatchObject({
      fields: [{ field: "checkout" }],
    });
    await expect(land("nosuchrun000000", { kind: "checkout" })).rejects.toMatchObject({ code: "not_found" });
    expect(landSchema.safeParse({ kind: "branch", branch: "--force" }).success).toBe(false);
    expect(landSchema.safeParse({ kind: "checkout", draft: true }).success).toBe(false);
  });
});
