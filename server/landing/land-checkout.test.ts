import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LandRequest } from "@/lib/protocol/landing";
import { landSchema } from "@/lib/protocol/landing";
import type { CheckoutWrite } from "../git/landing/landing-git";
import { createJournal } from "./journal";
import { createHarness, type LandingHarness } from "./landing-harness";

let harness: LandingHarness;
let checkouts = 0;
let checkout: string;

beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.dispose());
beforeEach(() => {
  checkouts += 1;
  checkout = harness.repository(`shop-${checkouts}`);
});

const git = (...args: string[]): string => harness.git(checkout, args);
const land = (runId: string, request: LandRequest, key?: string) => harness.service.land(runId, landSchema.parse(request), "you", key);
const preview = (runId: string, request: LandRequest) => harness.service.preview(runId, landSchema.parse(request));
const read = (path: string): string => readFileSync(join(checkout, path), "utf8");

/** Line 5 changed, a file deleted, added in a new folder, moved and made executable, a binary changed, a link. */
function work(tree: string): void {
  writeFileSync(join(tree, "src/retry.ts"), readFileSync(join(tree, "src/retry.ts"), "utf8").replace("line5 = 5", "line5 = 55"));
  rmSync(join(tree, "old.txt"));
  renameSync(join(tree, "README.md"), join(tree, "READ ME ☃.md"));
  harness.write(tree, "new/deep/added.sh", "#!/bin/sh\necho hi\n");
  chmodSync(join(tree, "new/deep/added.sh"), 0o755);
  writeFileSync(join(tree, "logo.bin"), Buffer.from([0, 9, 9, 255]));
  symlinkSync("deep/added.sh", join(tree, "new/link"));
}

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

describe("what the tree of an agent brings", () => {
  it("runs nothing: no hook, no filter without a yes, no merge driver", async () => {
    const marker = join(harness.dir, `marker-${checkouts}`);
    const touch = `sh -c 'touch ${marker}; cat'`;
    for (const key of ["filter.x.smudge", "filter.x.clean"]) git("config", key, touch);
    git("config", "merge.x.driver", `touch ${marker}`);
    git("config", "core.hooksPath", ".husky");
    git("config", "core.fsmonitor", `touch ${marker}`);
    const run = await harness.run(checkout, [
      (tree) => {
        work(tree);
        harness.write(tree, ".gitattributes", "*.ts filter=x merge=x diff=x\n");
        for (const hook of [
          "pre-commit",
          "post-checkout",
          "post-merge",
          "post-index-change",
          "reference-transaction",
          "commit-msg",
          "pre-push",
        ]) {
          harness.write(tree, `.husky/${hook}`, `#!/bin/sh\ntouch ${marker}\n`);
          chmodSync(join(tree, ".husky", hook), 0o755);
        }
      },
    ]);
    harness.write(checkout, "src/retry.ts", read("src/retry.ts").replace("line25 = 25;", "line25 = 250;"));
    git("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "commit", "-qam", "moved");
    rmSync(marker, { force: true });
    const seen = await preview(run.runId, { kind: "checkout" });
    expect(seen.blockers.map(({ code }) => code)).toEqual(["filters"]);
    await expect(land(run.runId, { kind: "checkout" })).rejects.toMatchObject({ fields: [{ field: "allow_filters" }] });
    git("config", "--remove-section", "filter.x");
    await land(run.runId, { kind: "checkout" });
    expect(read(".gitattributes")).toContain("filter=x");
    expect(existsSync(marker)).toBe(false);
  });

  it("writes with the user's own line endings and filters", async () => {
    git("config", "core.autocrlf", "true");
    git("config", "filter.upper.smudge", "tr a-z A-Z");
    git("config", "filter.upper.clean", "tr A-Z a-z");
    harness.write(checkout, ".git/info/attributes", "*.up filter=upper\n");
    const run = await harness.run(checkout, [
      (tree) => {
        harness.write(tree, "src/retry.ts", "one\ntwo\n");
        harness.write(tree, "word.up", "loud\n");
      },
    ]);
    await land(run.runId, { kind: "checkout" });
    expect(read("src/retry.ts")).toBe("one\r\ntwo\r\n");
    expect(read("word.up")).toBe("LOUD\r\n");
    expect(git("status", "--porcelain")).toBe("");
  });

  it("does not write through a link that leads out of the checkout", async () => {
    const outside = join(harness.dir, `outside-${checkouts}`);
    mkdirSync(outside);
    symlinkSync(outside, join(checkout, "new"));
    const run = await harness.run(checkout, [work]);
    await expect(land(run.runId, { kind: "checkout" })).rejects.toThrow(/new/);
    expect(readdirSync(outside)).toEqual([]);
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

describe("a write that is cut off", () => {
  /** What the journal and the log hold when the server dies after `cut`. */
  async function cutOff(cut: (write: CheckoutWrite) => void, mode: "commit" | "worktree" | "branch" = "commit"): Promise<string> {
    const run = await harness.run(checkout, [work]);
    const dying = harness.restarted({
      git: {
        ...harness.context.git,
        async writeCheckout(runId, write) {
          // The objects come over as they would; then git gets as far as `cut` takes it.
          await harness.context.git.addBranch(runId, write.path, "objects", write.commit);
          git("branch", "-qD", "objects");
          cut(write);
          await new Promise(() => undefined);
        },
      },
    });
    void dying.land(run.runId, landSchema.parse({ kind: "checkout", mode }), "you").catch(() => undefined);
    while ((await createJournal(join(harness.dir, "data")).list()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect.poll(() => cutDone).toBe(true);
    cutDone = false;
    await harness.restarted().recover();
    return run.runId;
  }
  let cutDone = false;
  const done = (step: (write: CheckoutWrite) => void) => (write: CheckoutWrite) => {
    step(write);
    cutDone = true;
  };

  it("is undone when files were half written, and what someone changed since stays", async () => {
    harness.write(checkout, "notes.txt", "mine\n");
    const runId = await cutOff(
      done(({ commit }) => {
        rmSync(join(checkout, "old.txt"));
        writeFileSync(join(checkout, "src/retry.ts"), git("show", `${commit}:src/retry.ts`).slice(0, 40));
        harness.write(checkout, "new/deep/added.sh", "#!/bin/sh\necho hi\n");
        writeFileSync(join(checkout, "logo.bin"), "edited after the crash");
      }),
    );
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
    const runId = await cutOff(done(({ head, commit }) => git("read-tree", "-m", "-u", head, commit)));
    expect(git("status", "--porcelain")).toBe("");
    expect(git("rev-parse", "HEAD")).toBe((await harness.state(runId)).base?.commit);
    expect((await land(runId, { kind: "checkout" })).status).toBe("finished");
  });

  it("takes a new branch away again", async () => {
    const runId = await cutOff(
      done(({ head, commit, newRef = "" }) => {
        git("update-ref", newRef, commit);
        git("read-tree", "-m", "-u", head, commit);
      }),
      "branch",
    );
    expect(git("branch", "--format=%(refname:short)")).toBe("main");
    expect(git("status", "--porcelain")).toBe("");
    expect((await land(runId, { kind: "checkout", mode: "branch" })).status).toBe("finished");
  });

  it.each(["commit", "worktree"] as const)("is recorded as done when it was (%s)", async (mode) => {
    const runId = await cutOff(
      done(({ head, commit }) => {
        git("read-tree", "-m", "-u", head, commit);
        if (mode === "commit") git("update-ref", "HEAD", commit);
      }),
      mode,
    );
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

it("leaves file names that are not UTF-8 to pushes, patches and archives", async () => {
  const run = await harness.run(checkout, [
    (tree) => writeFileSync(Buffer.concat([Buffer.from(`${tree}/caf`), Buffer.from([0xe9])]), "x\n"),
  ]);
  expect((await preview(run.runId, { kind: "checkout" })).blockers).toMatchObject([{ code: "file_names", paths: ["caf\\xe9"] }]);
  expect((await land(run.runId, { kind: "branch" })).status).toBe("finished");
});
