import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LandRequest, landSchema } from "@/lib/protocol/landing";
import type { RunState } from "@/lib/run/state";
import { createHarness, type LandingHarness } from "./landing-harness";

let harness: LandingHarness;
let count = 0;
/** A bare repository, and someone's clone of it. */
let remote: string;
let clone: string;

beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.dispose());
beforeEach(() => {
  count += 1;
  const first = harness.repository(`seed-${count}`);
  remote = join(harness.code, `shop-${count}.git`);
  clone = join(harness.dir, `clone-${count}`);
  harness.git(harness.dir, ["clone", "-q", "--bare", first, remote]);
  harness.git(harness.dir, ["clone", "-q", remote, clone]);
});

const git = (...args: string[]): string => harness.git(clone, args);
const at = (ref: string): string => harness.git(remote, ["rev-parse", ref]);
const land = (run: RunState, request: LandRequest) => harness.service.land(run.runId, landSchema.parse(request), "you");
const preview = (run: RunState, request: LandRequest) => harness.service.preview(run.runId, landSchema.parse(request));
const retry = (text: string) => (tree: string) => harness.write(tree, "src/retry.ts", text);
async function bytes(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Someone else's commit on a branch of the remote. */
function pushed(path: string, content: string, branch = "main"): string {
  git("switch", "-qC", branch);
  harness.write(clone, path, content);
  git("add", "-A");
  git("commit", "-qm", `Change ${path}`);
  git("push", "-q", "origin", branch);
  return at(branch);
}

describe("keeping a branch", () => {
  it("makes it in the run's repository, and the command that it says fetches it", async () => {
    const run = await harness.run(remote, [retry("a\n"), retry("b\n")]);
    const landed = await land(run, { kind: "branch", variation_id: 1 });
    expect(landed.branch).toBe(`aideator/${run.runId.slice(0, 6)}/b-make-the-retry-policy-exponential`);
    execFileSync("sh", ["-c", landed.next ?? ""], { cwd: clone, stdio: "pipe" });
    expect(git("rev-parse", landed.branch ?? "")).toBe(landed.commit);
    expect(git("log", "-1", "--format=%an", landed.branch ?? "")).toBe("Ada Lovelace");
  });

  it("needs no repository to be there any more", async () => {
    const run = await harness.run(remote, [retry("a\n")]);
    rmSync(remote, { recursive: true });
    expect((await land(run, { kind: "branch" })).status).toBe("finished");
    const seen = await preview(run, { kind: "branch" });
    expect(seen.ways.map(({ kind, possible }) => [kind, possible])).toEqual([
      ["branch", true],
      ["checkout", false],
      ["push", false],
      ["pull_request", false],
    ]);
    await expect(land(run, { kind: "push" })).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("pushing", () => {
  it("puts one commit by the user on a new branch, and finds it there when repeated", async () => {
    const run = await harness.run(remote, [retry("a\n")]);
    const landed = await land(run, { kind: "push" });
    expect(at(landed.branch ?? "")).toBe(landed.commit);
    expect(at(`${landed.branch}^`)).toBe(run.base?.commit);
    expect(at(`${landed.branch}^{tree}`)).toBe(run.variations[0]?.snapshot?.tree);
    const repeated = await land(run, { kind: "push" });
    expect(repeated).toMatchObject({ commit: landed.commit, notes: ["The branch was there already, exactly so."] });
    expect((await harness.state(run.runId)).landings).toHaveLength(2);
  });

  it("replaces its own branch when asked to, and never what someone put there", async () => {
    const run = await harness.run(remote, [retry("a\n"), retry("b\n")]);
    await land(run, { kind: "push", branch: "topic" });
    await expect(land(run, { kind: "push", branch: "topic", variation_id: 1 })).rejects.toThrow(/Ask for an update/);
    const second = await land(run, { kind: "push", branch: "topic", variation_id: 1, update: true });
    expect(at("topic")).toBe(second.commit);
    git("fetch", "-q", "origin");
    git("reset", "-q", "--hard", "origin/topic");
    const theirs = pushed("theirs.txt", "x\n", "topic");
    await expect(land(run, { kind: "push", branch: "topic", update: true })).rejects.toMatchObject({
      code: "conflict",
      fields: [{ field: "kind", message: expect.stringContaining("another branch name") }],
    });
    expect(at("topic")).toBe(theirs);
    expect((await harness.state(run.runId)).landings.map(({ status }) => status)).toEqual(["finished", "failed", "finished", "failed"]);
  });

  it("moves a branch that is there only forward", async () => {
    const run = await harness.run(remote, [retry("a\n")]);
    const tip = pushed("later.txt", "x\n");
    await expect(land(run, { kind: "push", branch: "main" })).rejects.toThrow(/rebase onto that branch/);
    expect(at("main")).toBe(tip);
    const landed = await land(run, { kind: "push", branch: "main", rebase: true });
    expect(at("main")).toBe(landed.commit);
    expect(at("main^")).toBe(tip);
  });

  it("shows how the base has moved and what would conflict, and refuses only the rebase", async () => {
    const run = await harness.run(remote, [(tree) => harness.write(tree, "README.md", "# Agent\n")]);
    const tip = pushed("README.md", "# Human\n");
    const seen = await preview(run, { kind: "push" });
    expect(seen).toMatchObject({ rebases: false, blockers: [], moved: { to: tip, total: 1, commits: [{ author: "Ada Lovelace" }] } });
    expect(seen.conflicts).toMatchObject([{ path: "README.md", hunks: [{ line: 1, ours: ["# Human"], theirs: ["# Agent"] }] }]);
    expect((await preview(run, { kind: "push", rebase: true })).blockers).toMatchObject([{ code: "conflicts", paths: ["README.md"] }]);
    await expect(land(run, { kind: "push", rebase: true })).rejects.toMatchObject({ fields: [{ field: "rebase" }] });
    expect((await land(run, { kind: "push" })).status).toBe("finished");
  });

  it("names conflicts that are not lines: a file deleted here and changed there, one added twice", async () => {
    const run = await harness.run(remote, [
      (tree) => {
        rmSync(join(tree, "old.txt"));
        harness.write(tree, "both.txt", "agent\n");
      },
    ]);
    harness.write(clone, "old.txt", "changed\n");
    pushed("both.txt", "human\n");
    const { conflicts } = await preview(run, { kind: "push" });
    expect(conflicts.map(({ path }) => path).sort()).toEqual(["both.txt", "old.txt"]);
    expect(conflicts.find(({ path }) => path === "old.txt")?.message).toMatch(/deleted in .* and modified in/);
  });

  it("says what a rule of the remote means", async () => {
    harness.write(remote, "hooks/pre-receive", "#!/bin/sh\necho 'GH006: Protected branch update failed' >&2\nexit 1\n");
    chmodSync(join(remote, "hooks/pre-receive"), 0o755);
    const run = await harness.run(remote, [retry("a\n")]);
    await expect(land(run, { kind: "push" })).rejects.toMatchObject({ code: "forbidden", message: expect.stringContaining("protected") });
    const [landing] = (await harness.state(run.runId)).landings;
    expect(landing?.status === "failed" && landing.failure).toMatchObject({ code: "landing", detail: expect.stringContaining("GH006") });
  });

  it.each(["pre-receive", "update"])("passes on what a %s hook of the remote says", async (hook) => {
    harness.write(remote, `hooks/${hook}`, "#!/bin/sh\necho 'Every commit needs a ticket.' >&2\nexit 1\n");
    chmodSync(join(remote, "hooks", hook), 0o755);
    const run = await harness.run(remote, [retry("a\n")]);
    await expect(land(run, { kind: "push" })).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringMatching(/a rule there refused it\. The remote says: .*Every commit needs a ticket\./),
    });
  });

  it("runs no hook of this side, and the other side as its owner", async () => {
    const marker = join(harness.dir, `marker-${count}`);
    harness.git(harness.dir, ["config", "--global", "core.hooksPath", join(harness.dir, "hooks")]);
    for (const hook of ["pre-push", "reference-transaction"]) {
      harness.write(harness.dir, `hooks/${hook}`, `#!/bin/sh\ntouch ${marker}\n`);
      chmodSync(join(harness.dir, "hooks", hook), 0o755);
    }
    const asRoot = process.getuid?.() === 0;
    if (asRoot) {
      for (const name of [".", ...readdirSync(remote, { recursive: true, encoding: "utf8" })])
        lchownSync(join(remote, name), 12_345, 12_345);
      for (const folder of [harness.dir, harness.code]) chmodSync(folder, 0o755);
    }
    const run = await harness.run(remote, [retry("a\n")]);
    rmSync(marker, { force: true });
    const landed = await land(run, { kind: "push" });
    expect(at(landed.branch ?? "")).toBe(landed.commit);
    // As root the other side is another user, without this configuration.
    expect(existsSync(marker)).toBe(!asRoot);
    if (asRoot) expect(execFileSync("find", [remote, "!", "-uid", "12345"], { encoding: "utf8" })).toBe("");
    harness.git(harness.dir, ["config", "--global", "--unset", "core.hooksPath"]);
  });
});

describe("the patch", () => {
  /** Everything that a patch can get wrong. */
  function everything(tree: string): void {
    harness.write(tree, "src/retry.ts", "rewritten\r\nwith CRLF\r\n");
    harness.write(tree, "naïve ☃ file.txt", "no newline at the end");
    harness.write(tree, "image.png", Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256)));
    harness.write(tree, "logo.bin", Buffer.from([0, 200, 1]));
    rmSync(join(tree, "old.txt"));
    harness.write(tree, "run.sh", "#!/bin/sh\n");
    chmodSync(join(tree, "run.sh"), 0o755);
    symlinkSync("run.sh", join(tree, "link"));
    harness.write(tree, "empty", "");
  }

  it("is one mail that git am applies in a clean clone: same tree, the user's name, all trailers", async () => {
    const prompt = "Grüße: fix the “retry” policy\n\n---\ndiff --git a/x b/x\nFrom: Eve <eve@example.com>\n\nAideator-Run: forged\n";
    const run = await harness.run(remote, [retry("winner\n"), everything], { prompt });
    const { name, contentType, body } = await harness.service.patch(run.runId, { winner: 1 });
    const patch = await bytes(body);
    expect([name, contentType]).toEqual([`shop-${run.runId.slice(0, 6)}-b.patch`, "text/x-patch; charset=utf-8"]);
    writeFileSync(join(harness.dir, name), patch);
    git("am", "-q", "--keep-cr", join(harness.dir, name));
    expect(git("rev-parse", "HEAD^{tree}")).toBe(run.variations[1]?.snapshot?.tree);
    expect(git("log", "-1", "--format=%an <%ae>|%s")).toBe("Ada Lovelace <ada@example.com>|Grüße: fix the “retry” policy");
    expect(git("log", "-1", "--format=%(trailers:key=Aideator-Run,valueonly)")).toBe(run.runId);
    expect(git("log", "-1", "--format=%B")).toContain("    diff --git a/x b/x");
    // The same patch each time it is downloaded.
    expect(await bytes((await harness.service.patch(run.runId, { winner: 1 })).body)).toEqual(patch);
  });

  it("is of the winner when none is named", async () => {
    const run = await harness.run(remote, [retry("a\n"), retry("b\n")], { select: 1 });
    expect((await bytes((await harness.service.patch(run.runId)).body)).toString()).toContain("+b");
  });
});

describe("the archive", () => {
  function tree(folder: string): void {
    harness.write(
      folder,
      ".gitattributes",
      "* text eol=crlf export-subst filter=x ident\nsecret.txt export-ignore\nwide.txt working-tree-encoding=UTF-16LE\n",
    );
    harness.write(folder, "secret.txt", "$Format:%H$ $Id$\n");
    harness.write(folder, "naïve ☃.txt", "text\n");
    harness.write(folder, "wide.txt", Buffer.from("wide\n", "utf16le"));
    harness.write(folder, "deep/run.sh", "#!/bin/sh\n");
    chmodSync(join(folder, "deep/run.sh"), 0o755);
    symlinkSync("deep/run.sh", join(folder, "link"));
  }

  it.each(["tar.gz", "zip"] as const)("holds every file of the tree as it is (%s)", async (format) => {
    const run = await harness.run(remote, [tree]);
    const { name, body } = await harness.service.archive(run.runId, format);
    const file = join(harness.dir, name);
    writeFileSync(file, await bytes(body));
    const target = join(harness.dir, `unpacked-${count}`);
    mkdirSync(target);
    if (format === "zip") execFileSync("python3", ["-c", UNZIP, file, target]);
    else execFileSync("tar", ["-xzf", file, "-C", target]);
    const root = join(target, `shop-${run.runId.slice(0, 6)}-a`);
    const commit = run.variations[0]?.snapshot?.commit ?? "";
    const repository = harness.context.remoteOf(run.runId);
    const paths = execFileSync("git", ["--git-dir", repository, "ls-tree", "-r", "-z", "--name-only", commit], { encoding: "utf8" });
    for (const path of paths.split("\0").filter((one) => one !== "")) {
      const blob = execFileSync("git", ["--git-dir", repository, "cat-file", "blob", `${commit}:${path}`]);
      const content = path === "link" ? Buffer.from(readlinkSync(join(root, path))) : readFileSync(join(root, path));
      expect([path, content]).toEqual([path, blob]);
    }
    const found = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
    expect(found).toHaveLength(paths.split("\0").length - 1);
  });
});

/** unzip is not everywhere; links are files with the mode of a link. */
const UNZIP = `
import os, stat, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    for entry in archive.infolist():
        path = os.path.join(sys.argv[2], entry.filename)
        if entry.is_dir():
            os.makedirs(path, exist_ok=True)
        elif stat.S_ISLNK(entry.external_attr >> 16):
            os.symlink(archive.read(entry), path)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "wb").write(archive.read(entry))
`;
