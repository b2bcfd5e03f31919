import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changeCompositionSchema } from "@/lib/protocol/compositions";
import { type LandRequest, landSchema } from "@/lib/protocol/landing";
import type { RunState } from "@/lib/run/state";
import { createMapService } from "../compare/map-service";
import { createMapThread } from "../compare/map-thread";
import { createCompositionService } from "../compositions/composition-service";
import { createGitStore } from "../git/git-store-disk";
import { createHarness, type LandingHarness } from "./landing-harness";

let harness: LandingHarness;
let count = 0;
let remote: string;

beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.dispose());
beforeEach(() => {
  count += 1;
  remote = harness.repository(`shop-${count}`);
});

const land = (run: RunState, request: LandRequest) => harness.service.land(run.runId, landSchema.parse(request), "you");
const preview = (run: RunState, request: LandRequest) => harness.service.preview(run.runId, landSchema.parse(request));
const inRun = (run: RunState, ...args: string[]) => harness.git(harness.context.remoteOf(run.runId), args);
const file = (name: string, text: string) => (tree: string) => harness.write(tree, name, text);

async function text(stream: Readable): Promise<string> {
  let all = "";
  for await (const part of stream) all += String(part);
  return all;
}

describe("a winner that has changed since it was selected", () => {
  it("is landed as it was selected, and that is said", async () => {
    const run = await harness.run(remote, [file("one.txt", "selected\n")]);
    const later = await harness.again(run.runId, 0, (tree) => {
      harness.write(tree, "one.txt", "newer\n");
      harness.write(tree, "two.txt", "newer\n");
    });
    expect(later.variations[0]?.snapshot?.commit).not.toBe(run.selection?.commit);
    const seen = await preview(run, { kind: "branch", branch: "kept" });
    expect(seen).toMatchObject({
      files: 1,
      warnings: ["A has changed since it was selected: the selected state is landed. Select it again to land the new one."],
    });
    const landed = await land(run, { kind: "branch", branch: "kept" });
    expect(inRun(run, "rev-parse", `${landed.commit}^{tree}`)).toBe(run.variations[0]?.snapshot?.tree);
    expect(await text((await harness.service.patch(run.runId)).body)).toContain("+selected");
  });

  it("is landed as it is now where it is named", async () => {
    const run = await harness.run(remote, [file("one.txt", "selected\n")]);
    const later = await harness.again(run.runId, 0, file("one.txt", "newer\n"));
    expect((await preview(run, { kind: "branch", variation_id: 0 })).warnings).toEqual([]);
    const landed = await land(run, { kind: "branch", variation_id: 0, branch: "newest" });
    expect(inRun(run, "rev-parse", `${landed.commit}^{tree}`)).toBe(later.variations[0]?.snapshot?.tree);
    expect(await text((await harness.service.patch(run.runId, { winner: 0 })).body)).toContain("+newer");
  });
});

describe("a branch of the run's repository", () => {
  it.each(["a", "E", "winner", "winner/x", "b/turn-1", "aideator", "aideator/landte"])("is not called %s", async (branch) => {
    const run = await harness.run(remote, [file("one.txt", "a\n"), file("one.txt", "b\n")]);
    const before = inRun(run, "for-each-ref");
    expect((await preview(run, { kind: "branch", branch })).blockers).toMatchObject([{ remedy: "Choose another name." }]);
    await expect(land(run, { kind: "branch", branch })).rejects.toMatchObject({ code: "conflict", fields: [{ field: "branch" }] });
    expect(inRun(run, "for-each-ref")).toBe(before);
    expect((await harness.state(run.runId)).landings).toEqual([]);
  });

  it("is not made beside one that git takes for its folder", async () => {
    const run = await harness.run(remote, [file("one.txt", "a\n")]);
    await land(run, { kind: "branch", branch: "topic" });
    await expect(land(run, { kind: "branch", branch: "topic/deeper" })).rejects.toMatchObject({ fields: [{ field: "branch" }] });
  });

  it("is replaced by its own variation only", async () => {
    const run = await harness.run(remote, [file("one.txt", "a\n"), file("one.txt", "b\n")]);
    const first = await land(run, { kind: "branch", branch: "topic" });
    const seen = await preview(run, { kind: "branch", branch: "topic", variation_id: 1 });
    expect(seen.blockers).toMatchObject([{ code: "branch_exists", message: expect.stringContaining("another variation") }]);
    await expect(land(run, { kind: "branch", branch: "topic", variation_id: 1 })).rejects.toMatchObject({ code: "conflict" });
    expect(inRun(run, "rev-parse", "topic")).toBe(first.commit);
    await harness.again(run.runId, 0, file("one.txt", "newer\n"));
    const second = await land(run, { kind: "branch", branch: "topic", variation_id: 0 });
    expect(inRun(run, "rev-parse", "topic")).toBe(second.commit);
    expect((await land(run, { kind: "branch", branch: "topic", variation_id: 0 })).commit).toBe(second.commit);
  });

  it("is not one that another variation was selected on, and its own selection makes room", async () => {
    const run = await harness.run(remote, [file("one.txt", "a\n"), file("one.txt", "b\n")]);
    const branch = run.selection?.branch ?? "";
    await expect(land(run, { kind: "branch", branch, variation_id: 1 })).rejects.toMatchObject({ fields: [{ field: "branch" }] });
    const landed = await land(run, { kind: "branch" });
    expect([landed.branch, inRun(run, "rev-parse", branch)]).toEqual([branch, landed.commit]);
  });
});

describe("a push of a run in a checkout", () => {
  it("goes to the checkout's origin, and the command that it says fetches it from there", async () => {
    const upstream = join(harness.code, `upstream-${count}.git`);
    harness.git(harness.dir, ["clone", "-q", "--bare", remote, upstream]);
    harness.git(remote, ["remote", "add", "origin", `../upstream-${count}.git`]);
    const run = await harness.run(remote, [file("one.txt", "a\n")]);
    const seen = await preview(run, { kind: "push", branch: "topic" });
    expect(seen).toMatchObject({ place: `${upstream}, origin of ${remote}`, blockers: [], warnings: [] });
    const landed = await land(run, { kind: "push", branch: "topic" });
    expect(harness.git(upstream, ["rev-parse", "topic"])).toBe(landed.commit);
    expect(harness.git(remote, ["branch", "--list", "topic"])).toBe("");
    execFileSync("sh", ["-c", landed.next ?? ""], { cwd: harness.dir, stdio: "pipe" });
    expect(harness.git(remote, ["rev-parse", "HEAD"])).toBe(landed.commit);
  });

  it("goes into the checkout itself where it has no origin, and that is said", async () => {
    const run = await harness.run(remote, [file("one.txt", "a\n")]);
    const seen = await preview(run, { kind: "push", branch: "topic" });
    expect(seen.warnings).toEqual([`The checkout has no remote origin: the branch is pushed into ${remote} itself.`]);
    const landed = await land(run, { kind: "push", branch: "topic" });
    expect(landed).toMatchObject({ place: `${remote} itself`, next: `git -C ${remote} switch topic` });
    execFileSync("sh", ["-c", landed.next ?? ""], { cwd: harness.dir, stdio: "pipe" });
    expect(harness.git(remote, ["rev-parse", "HEAD"])).toBe(landed.commit);
  });

  it("is refused where the origin may not be reached, without showing its password", async () => {
    harness.git(remote, ["remote", "add", "origin", "https://ada:hunter2@example.com/acme/shop.git"]);
    const run = await harness.run(remote, [file("one.txt", "a\n")]);
    const { blockers } = await preview(run, { kind: "push" });
    expect(blockers).toMatchObject([{ code: "repository", message: expect.stringContaining("holds credentials") }]);
    expect(JSON.stringify(blockers)).not.toContain("hunter2");
  });
});

describe("a checkout of something else", () => {
  it("is refused in every mode, but not where only HEAD is elsewhere", async () => {
    const run = await harness.run(remote, [file("one.txt", "a\n")]);
    const other = join(harness.code, `other-${count}`);
    harness.git(harness.dir, ["init", "-q", other]);
    harness.git(other, ["commit", "-q", "--allow-empty", "-m", "another first"]);
    for (const mode of ["commit", "worktree", "branch"] as const) {
      const { blockers } = await preview(run, { kind: "checkout", checkout: other, mode });
      expect(blockers).toMatchObject([{ code: "unrelated", message: expect.stringContaining("no history in common") }]);
    }
    await expect(land(run, { kind: "checkout", checkout: other })).rejects.toMatchObject({ fields: [{ field: "checkout" }] });
    harness.git(remote, ["checkout", "-q", "--orphan", "pages"]);
    harness.git(remote, ["commit", "-qm", "pages"]);
    expect((await preview(run, { kind: "checkout" })).blockers).toMatchObject([{ code: "unrelated" }]);
    expect((await preview(run, { kind: "checkout", mode: "branch" })).blockers).toEqual([]);
  });
});

describe("a composition", () => {
  it("is selected and landed like a variation, and names in the commit who it is from", async () => {
    const run = await harness.run(remote, [file("one.txt", "by A\n"), file("two.txt", "by B\n")]);
    const { writer, dataDir } = harness.context;
    const git = createGitStore({ dataDir, gitHosts: [] });
    const compositions = createCompositionService(
      writer,
      { git, maps: createMapService(writer, git, createMapThread(undefined)) },
      Date.now,
    );
    const { number } = await compositions.create(run.runId, { from: 0 }, "you");
    const order = changeCompositionSchema.parse({ version: 1, files: [{ path: "two.txt", take: "b" }] });
    const composed = await compositions.change(run.runId, number, order, "you");
    const seen = await preview(run, { kind: "branch", composition: number });
    expect(seen).toMatchObject({ variation_id: null, composition: number, files: 2, blockers: [] });
    const landed = await land(run, { kind: "branch", composition: number });
    expect(landed).toMatchObject({ variation_id: null, composition: number, status: "finished" });
    expect(inRun(run, "rev-parse", `${landed.commit}^{tree}`)).toBe(composed.tree);
    const trailers = inRun(run, "log", "-1", "--format=%(trailers)", landed.commit ?? "");
    expect(trailers.split("\n")).toEqual([
      `Aideator-Run: ${run.runId}`,
      `Aideator-Composition: ${number}`,
      "Aideator-Agent: builtin demo",
      "Co-authored-by: AIdeator agent (builtin demo) <agent@aideator.invalid>",
      "Composed-from: B two.txt:1",
      "Composed-from: A one.txt",
    ]);
    expect(landed.branch).toContain(`composition-${number}-make-the-retry`);
    const patch = await harness.service.patch(run.runId, { composition: number });
    expect(patch.name).toBe(`shop-${run.runId.slice(0, 6)}-composition-${number}.patch`);
    expect(await text(patch.body)).toContain("Composed-from: B two.txt:1");
    // Selected, it is what is landed when nothing is named, as it was then.
    const select = { type: "run.select", composition: number, branch: "b", commit: composed.commit, by: "you" } as const;
    await writer.command(run.runId, select);
    await compositions.change(run.runId, number, changeCompositionSchema.parse({ version: 2, from: null }), "you");
    const again = await land(run, { kind: "branch", branch: "selected" });
    expect(inRun(run, "rev-parse", `${again.commit}^{tree}`)).toBe(composed.tree);
    const both = land(run, { kind: "branch", composition: number, variation_id: 0 });
    await expect(both).rejects.toMatchObject({ code: "bad_request" });
    await expect(land(run, { kind: "branch", composition: 9 })).rejects.toMatchObject({ code: "not_found" });
    await expect(land(run, { kind: "branch", branch: "composition-1" })).rejects.toMatchObject({ code: "conflict" });
  });
});
