import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CollectedTree } from "../executor";
import { drain } from "../executor.contract";
import { createLocalHarness, type HostHarness } from "./local-harness";

// Trees that an agent left in a state that git does not expect. Nothing of them may be lost without a word.
let harness: HostHarness;
let scratch: string;
beforeEach(async () => {
  harness = await createLocalHarness();
  scratch = mkdtempSync(join(tmpdir(), "aid-collect-"));
});
afterEach(async () => {
  await harness.dispose();
  rmSync(scratch, { recursive: true, force: true });
});

/** What is in the snapshot after an agent has run `script` in its tree. */
async function after(script: string, base = harness.base): Promise<CollectedTree & { files: string[] }> {
  const run = `js export default async () => { (await import("node:child_process")).execFileSync("bash", ["-c", ${JSON.stringify(script)}]); }`;
  const spec = { ...harness.spec(run), baseCommit: base };
  await harness.executor.prepare(spec);
  const items = await drain(harness.executor, await harness.executor.start(spec), 1);
  expect(items.at(-1)).toEqual({ type: "exit", exit: { kind: "exited", code: 0 } });
  const taken = await harness.executor.collect(spec, { final: true });
  if (taken.packFile === undefined) return { ...taken, files: [] };
  const repository = join(scratch, "taken.git");
  execFileSync("git", ["clone", "-q", "--bare", harness.mirror, repository]);
  execFileSync("sh", ["-c", 'git --git-dir "$1" index-pack --stdin --fix-thin < "$2"', "sh", repository, taken.packFile], {
    stdio: "ignore",
  });
  const listed = execFileSync("git", ["--git-dir", repository, "ls-tree", "-r", "-z", "--name-only", taken.commit], { encoding: "utf8" });
  const before = new Set(["a file.txt", "ümläut/日本.txt", "sub"]);
  return { ...taken, files: listed.split("\0").filter((path) => path !== "" && !before.has(path)) };
}

/** A base with a submodule: an entry that is a commit of somewhere else. */
function withSubmodule(): string {
  const env = { ...process.env, GIT_AUTHOR_NAME: "T", GIT_AUTHOR_EMAIL: "t@e", GIT_COMMITTER_NAME: "T", GIT_COMMITTER_EMAIL: "t@e" };
  const git = (args: string[], input = ""): string =>
    execFileSync("git", ["--git-dir", harness.mirror, ...args], { encoding: "utf8", input, env }).trim();
  const entries = git(["ls-tree", "-z", harness.base]);
  const tree = git(["mktree", "-z"], `${entries}${`160000 commit ${"1".repeat(40)}\tsub\0`}`);
  return git(["commit-tree", tree, "-p", harness.base, "-m", "with a submodule"]);
}

describe("taking a tree that git does not expect", () => {
  it("keeps everything else when something was written into a submodule, and says what is missing", async () => {
    const taken = await after(
      "echo precious > precious.txt; mkdir -p sub/inner; echo x > sub/notes.md; git init -q sub/inner; truncate -s 101M sub/big.bin",
      withSubmodule(),
    );
    expect(taken.files).toEqual(["precious.txt"]);
    expect(taken.complete).toBe(false);
    expect(taken.warnings).toEqual(["sub is a submodule: what was written into it is not part of the snapshot."]);
  });

  it("does not wait for pipes where git reads", async () => {
    const taken = await after("mkfifo .gitignore .gitattributes; mkdir d; mkfifo d/.gitignore; echo x > d/kept");
    expect(taken.files).toEqual(["d/kept"]);
    expect(taken.complete).toBe(true);
    expect(taken.warnings.sort()).toEqual(
      [".gitattributes", ".gitignore", "d/.gitignore"].map(
        (path) => `${path} is a pipe, socket or device and is not part of the snapshot.`,
      ),
    );
  });

  it("refuses a snapshot in mid-run rather than wait for a pipe", async () => {
    const spec = harness.spec(
      "js export default async () => { (await import('node:child_process')).execFileSync('mkfifo', ['.gitignore']); }",
    );
    await harness.executor.prepare(spec);
    await drain(harness.executor, await harness.executor.start(spec), 1);
    await expect(harness.executor.collect(spec, { final: false })).rejects.toThrow("a pipe lies where git reads");
  });

  it("takes repositories of any name, without what they ignore", async () => {
    const taken = await after(
      `for name in -x '!' '(y)'; do mkdir -- "$name"; git init -q "./$name"; echo f > "./$name/f"; done;
       mkdir lib; git init -q lib; printf '.env\\nnode_modules\\n' > lib/.gitignore; echo s > lib/.env; mkdir lib/node_modules; echo m > lib/node_modules/m; echo k > lib/k`,
    );
    expect(taken.files).toEqual(["!/f", "(y)/f", "-x/f", "lib/.gitignore", "lib/k"]);
    expect(taken.warnings).toHaveLength(4);
  });

  it("opens a tree that the agent shut altogether", async () => {
    expect((await after("echo x > kept; chmod 000 .")).files).toEqual(["kept"]);
  });

  it("does not call a snapshot complete that git could not make whole", async () => {
    const invalid = await after("mkdir .GIT; echo x > .GIT/config; echo y > fine");
    expect([invalid.files, invalid.complete]).toEqual([["fine"], false]);
    expect(invalid.warnings.join()).toContain(".GIT/config");
    rmSync(join(scratch, "taken.git"), { recursive: true });
    const deep = await after(
      'name=$(printf "d%.0s" {1..200}); for i in {1..25}; do mkdir "$name"; cd "$name"; done; echo x > deep; cd /workspace; echo y > fine',
    );
    expect([deep.files, deep.complete]).toEqual([["fine"], false]);
  });

  it("names a few of many, and counts the rest", async () => {
    const taken = await after(
      "for i in $(seq 40); do truncate -s 101M big$i; done; for i in $(seq 12); do git init -q n$i; echo f > n$i/f; done",
    );
    expect(taken.files).toHaveLength(12);
    expect(taken.warnings).toHaveLength(12);
    expect(taken.warnings).toContain("35 files larger than 100 MB are not part of the snapshot either.");
  });
});

it("packs only what came since the snapshot before", async () => {
  const spec = harness.spec(
    "js export default async () => { (await import('node:fs')).writeFileSync('large', (await import('node:crypto')).randomBytes(3_000_000)); }",
  );
  await harness.executor.prepare(spec);
  await drain(harness.executor, await harness.executor.start(spec), 1);
  const first = await harness.executor.collect(spec, { final: false });
  const size = statSync(first.packFile ?? "").size;
  writeFileSync(join(harness.dataDir, "attempts", spec.name, "tree", "small"), "small");
  const second = await harness.executor.collect(spec, { final: true, have: first.commit });
  expect(size).toBeGreaterThan(3_000_000);
  expect(statSync(second.packFile ?? "").size).toBeLessThan(10_000);
  expect((await harness.executor.collect(spec, { final: true, have: "1".repeat(40) })).commit).toMatch(/^[0-9a-f]{40}$/);
});
