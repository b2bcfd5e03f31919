import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GitStore, PinnedBase, RepositoryAddress } from "./git-store";
import { createGitStore } from "./git-store-disk";
import { parseRepositoryAddress } from "./repository-address";

const runId = "gittest0000001";
let dir: string;
let source: string;
let store: GitStore;
let address: RepositoryAddress;
let mirror: string;
let base: PinnedBase;

/** A person's git, with the person's habits. */
function git(cwd: string, args: string[], input?: string | Buffer): string {
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "safe.directory=*"];
  return execFileSync("git", [...identity, ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: dir } as unknown as NodeJS.ProcessEnv,
  }).trim();
}

function write(root: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "aideator-git-"));
  source = join(dir, "code", "shop");
  mkdirSync(source, { recursive: true });
  git(source, ["init", "-q", "-b", "main"]);
  write(source, "README.md", "# Shop\n");
  write(source, "src/snow ☃/größe.ts", "export const size = 1;\n".repeat(20));
  write(source, "old.txt", "to be deleted\n");
  write(source, "logo.bin", Buffer.from([0, 1, 2, 3]));
  git(source, ["add", "-A"]);
  git(source, ["commit", "-qm", "first"]);
  git(source, ["tag", "v1"]);
  git(source, ["switch", "-qc", "feature/ünïcode"]);
  write(source, "feature.txt", "x\n");
  git(source, ["add", "-A"]);
  git(source, ["commit", "-qm", "feature"]);
  git(source, ["switch", "-q", "main"]);
  store = createGitStore({ dataDir: join(dir, "data"), gitHosts: [] });
  address = await parseRepositoryAddress(source, { localRoots: [join(dir, "code")], gitHosts: [] });
  mirror = await store.openMirror(address);
  base = await store.pinBase(mirror, runId);
  await store.createRunRepository(runId, mirror, base.commit);
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What a sandbox hands over: a commit on the base with this work in it, and a thin pack. */
function work(change: (tree: string) => void): { commit: string; packFile: string } {
  const clone = mkdtempSync(join(dir, "clone-"));
  git(dir, ["clone", "-q", source, clone]);
  change(clone);
  git(clone, ["add", "-A"]);
  const tree = git(clone, ["write-tree"]);
  const commit = git(clone, ["commit-tree", tree, "-p", base.commit, "-m", "work"]);
  return { commit, packFile: pack(clone, `${commit}\n^${base.commit}\n`) };
}

function pack(repository: string, revisions: string): string {
  const packFile = join(mkdtempSync(join(dir, "pack-")), "pack");
  const bytes = execFileSync("git", ["pack-objects", "--revs", "--thin", "--stdout", "-q"], {
    cwd: repository,
    input: revisions,
    maxBuffer: 1e8,
  });
  writeFileSync(packFile, bytes);
  return packFile;
}

describe("mirrors and bases", () => {
  it("pins the default branch, a branch, a tag and a commit", async () => {
    const first = git(source, ["rev-parse", "main"]);
    expect(base).toEqual({ commit: first, branch: "main", submodules: 0, lfsPointers: 0 });
    expect(await store.pinBase(mirror, "gittest0000002", "v1")).toMatchObject({ commit: first, branch: undefined });
    expect(await store.pinBase(mirror, "gittest0000002", first.slice(0, 9))).toMatchObject({ commit: first });
    expect(await store.pinBase(mirror, "gittest0000002", "feature/ünïcode")).toMatchObject({ branch: "feature/ünïcode" });
    expect(await store.remoteRefs(address)).toEqual({
      head: { name: "main", commit: first },
      branches: [
        { name: "feature/ünïcode", commit: git(source, ["rev-parse", "feature/ünïcode"]) },
        { name: "main", commit: first },
      ],
      tags: [{ name: "v1", commit: first }],
    });
    expect(await store.listMirrorPaths(mirror, first)).toEqual(["README.md", "logo.bin", "old.txt", "src/snow ☃/größe.ts"]);
  });

  it.each(["no-such", "HEAD~1", "--all", "$(touch x)", "main^{tree}"])("refuses the base %j and names the field", async (ref) => {
    await expect(store.pinBase(mirror, "gittest0000002", ref)).rejects.toMatchObject({ code: "bad_request", fields: [{ field: "base" }] });
  });

  it("keeps a pinned base although upstream deletes its branch", async () => {
    git(source, ["switch", "-qc", "short-lived"]);
    git(source, ["commit", "-q", "--allow-empty", "-m", "gone soon"]);
    await store.openMirror(address);
    const pinned = await store.pinBase(mirror, "gittest0000003", "short-lived");
    git(source, ["switch", "-q", "main"]);
    git(source, ["branch", "-qD", "short-lived"]);
    await Promise.all([store.openMirror(address), store.openMirror(address)]);
    expect(git(mirror, ["cat-file", "-t", pinned.commit])).toBe("commit");
  });

  it("can be read by another user, as sandboxes do", () => {
    const readable = (path: string): boolean => (lstatSync(path).mode & 0o004) !== 0;
    const everything = readdirSync(mirror, { recursive: true, encoding: "utf8" }).map((name) => join(mirror, name));
    expect([mirror, ...everything].filter((path) => !readable(path))).toEqual([]);
  });

  it("reads a repository that belongs to someone else", async () => {
    if (process.getuid?.() !== 0) return;
    const foreign = join(dir, "code", "foreign");
    git(dir, ["clone", "-q", source, foreign]);
    for (const path of [foreign, join(foreign, ".git")]) chownSync(path, 12_345, 12_345);
    await expect(store.openMirror({ kind: "path", url: foreign, name: "foreign" })).resolves.toContain("mirrors");
  });

  it("says so when there is no commit, and when nothing can be reached", async () => {
    const empty = join(dir, "code", "empty");
    mkdirSync(empty);
    git(empty, ["init", "-q"]);
    await expect(store.openMirror({ kind: "path", url: empty, name: "empty" })).rejects.toMatchObject({ code: "bad_request" });
    await expect(store.openMirror({ kind: "path", url: join(dir, "nowhere"), name: "nowhere" })).rejects.toMatchObject({
      code: "repository_unreachable",
    });
  });

  it("runs nothing of what a repository names", async () => {
    const hostile = join(dir, "code", "hostile");
    const marker = join(dir, "marker");
    git(dir, ["clone", "-q", source, hostile]);
    const touch = `touch ${marker}`;
    for (const [key, value] of Object.entries({
      "core.fsmonitor": touch,
      "diff.external": touch,
      "core.sshCommand": touch,
      "uploadpack.packObjectsHook": touch,
      "filter.x.clean": touch,
      "filter.x.smudge": touch,
      "alias.fetch": `!${touch}`,
      "core.pager": touch,
    })) {
      git(hostile, ["config", key, value]);
    }
    write(hostile, ".gitattributes", "* filter=x diff=x\n");
    for (const hook of ["post-checkout", "pre-auto-gc", "reference-transaction", "post-index-change"]) {
      write(hostile, `.git/hooks/${hook}`, `#!/bin/sh\n${touch}\n`);
      chmodSync(join(hostile, ".git/hooks", hook), 0o755);
    }
    const path = await store.openMirror({ kind: "path", url: hostile, name: "hostile" });
    const pinned = await store.pinBase(path, "gittest0000004");
    await store.createRunRepository("gittest0000004", path, pinned.commit);
    await store.diff("gittest0000004", pinned.commit, pinned.commit);
    expect(existsSync(marker)).toBe(false);
  });
});

describe("the work of a variation", () => {
  it("shows new, changed, deleted, renamed and binary files, tree to tree", async () => {
    const made = work((tree) => {
      write(tree, "README.md", "# Shop\n\nMore.\n");
      write(tree, "new dir/naïve file.txt", "one\ntwo\n");
      rmSync(join(tree, "old.txt"));
      renameSync(join(tree, "src/snow ☃/größe.ts"), join(tree, "src/size.ts"));
      write(tree, "logo.bin", Buffer.from([0, 9, 9]));
    });
    const totals = await store.importTree({ runId, base: base.commit, variation: 0, attempt: 0, ...made });
    expect(totals).toMatchObject({ commit: made.commit, files: 5, added: 4, deleted: 1 });
    const { files } = await store.diff(runId, base.commit, made.commit);
    expect(files.map(({ path, oldPath, status, binary, added, deleted }) => ({ path, oldPath, status, binary, added, deleted }))).toEqual([
      { path: "README.md", oldPath: undefined, status: "modified", binary: false, added: 2, deleted: 0 },
      { path: "logo.bin", oldPath: undefined, status: "modified", binary: true, added: 0, deleted: 0 },
      { path: "new dir/naïve file.txt", oldPath: undefined, status: "added", binary: false, added: 2, deleted: 0 },
      { path: "old.txt", oldPath: undefined, status: "deleted", binary: false, added: 0, deleted: 1 },
      { path: "src/size.ts", oldPath: "src/snow ☃/größe.ts", status: "renamed", binary: false, added: 0, deleted: 0 },
    ]);
    const added = files.find(({ status }) => status === "added");
    expect(added).toMatchObject({ oldBlob: undefined, oldMode: undefined, newMode: "100644" });
    expect(await store.readBlob(runId, added?.newBlob ?? "")).toEqual({ size: 8, binary: false, text: "one\ntwo\n", truncated: false });
    expect((await store.listFiles(runId, made.commit)).map(({ path }) => path)).toContain("new dir/naïve file.txt");
    expect(git(source, ["apply", "--check", "-"], `${await store.patch(runId, base.commit, made.commit)}\n`)).toBe("");
  });

  it("is a branch of the run's own repository, which holds nothing of upstream", async () => {
    const made = work((tree) => write(tree, "b.txt", "b\n"));
    await store.importTree({ runId, base: base.commit, variation: 1, attempt: 0, ...made });
    const path = store.runRepository(runId);
    expect(git(path, ["rev-parse", "refs/heads/b"])).toBe(made.commit);
    expect(git(path, ["count-objects", "-v"])).toMatch(/alternate: .*mirrors/);
    expect(() => git(mirror, ["cat-file", "-e", made.commit])).toThrow();
  });

  it("can be nothing at all", async () => {
    const totals = await store.importTree({ runId, base: base.commit, commit: base.commit, variation: 2, attempt: 0 });
    expect(totals).toMatchObject({ commit: base.commit, files: 0 });
  });

  it("lands as a branch and as the winner, and the winner can change", async () => {
    const one = work((tree) => write(tree, "one.txt", "1\n"));
    const other = work((tree) => write(tree, "other.txt", "2\n"));
    await store.importTree({ runId, base: base.commit, variation: 0, attempt: 0, ...one });
    await store.importTree({ runId, base: base.commit, variation: 1, attempt: 0, ...other });
    const path = store.runRepository(runId);
    const replaces = new Set([one.commit]);
    expect(await store.landBranch({ runId, branch: "aideator/x/a-one", commit: one.commit, replaces })).toBe("aideator/x/a-one");
    expect(git(path, ["rev-parse", "winner"])).toBe(one.commit);
    await store.landBranch({ runId, branch: "aideator/x/b-other", commit: other.commit, replaces });
    expect([git(path, ["rev-parse", "winner"]), git(path, ["rev-parse", "aideator/x/a-one"])]).toEqual([other.commit, one.commit]);
    await expect(store.landBranch({ runId, branch: "a\nupdate refs/heads/x", commit: one.commit, replaces })).rejects.toThrow();
    await expect(store.landBranch({ runId, branch: "--all", commit: one.commit, replaces })).rejects.toThrow();
  });

  it("is selected without moving a branch that holds something else", async () => {
    const one = work((tree) => write(tree, "one.txt", "one\n"));
    const other = work((tree) => write(tree, "other.txt", "other\n"));
    await store.importTree({ runId, base: base.commit, variation: 0, attempt: 0, ...one });
    await store.importTree({ runId, base: base.commit, variation: 1, attempt: 0, ...other });
    const path = store.runRepository(runId);
    git(path, ["update-ref", "refs/heads/aideator/y/a-landed", one.commit]);
    const branch = "aideator/y/a-landed";
    expect(await store.landBranch({ runId, branch, commit: other.commit, replaces: new Set() })).toBe("winner");
    expect([git(path, ["rev-parse", "winner"]), git(path, ["rev-parse", branch])]).toEqual([other.commit, one.commit]);
    expect(await store.landBranch({ runId, branch, commit: other.commit, replaces: new Set([one.commit]) })).toBe(branch);
    expect(git(path, ["rev-parse", branch])).toBe(other.commit);
  });

  it("is refused when its commit does not stand on the base", async () => {
    const clone = mkdtempSync(join(dir, "clone-"));
    git(dir, ["clone", "-q", source, clone]);
    const orphan = git(clone, ["commit-tree", git(clone, ["rev-parse", "HEAD^{tree}"]), "-m", "orphan"]);
    const packFile = pack(clone, `${orphan}\n`);
    await expect(store.importTree({ runId, base: base.commit, commit: orphan, packFile, variation: 0, attempt: 0 })).rejects.toThrow(
      "parent",
    );
  });

  it("is refused when a tree holds .git, and nothing of it stays", async () => {
    const clone = mkdtempSync(join(dir, "clone-"));
    git(dir, ["clone", "-q", source, clone]);
    const blob = git(clone, ["hash-object", "-w", "--stdin"], "[core]\n");
    const inner = git(clone, ["mktree"], `100644 blob ${blob}\tconfig\n`);
    const tree = git(clone, ["mktree"], `040000 tree ${inner}\t.git\n`);
    const commit = git(clone, ["commit-tree", tree, "-p", base.commit, "-m", "evil"]);
    const packFile = pack(clone, `${commit}\n^${base.commit}\n`);
    await expect(store.importTree({ runId, base: base.commit, commit, packFile, variation: 3, attempt: 0 })).rejects.toThrow("fsck error");
    expect(() => git(store.runRepository(runId), ["cat-file", "-e", commit])).toThrow();
    expect(readdirSync(join(dir, "data/tmp"))).toEqual([]);
  });

  it("is refused when objects are missing or the pack is garbage", async () => {
    const made = work((tree) => write(tree, "c/d.txt", "d\n"));
    const clone = mkdtempSync(join(dir, "clone-"));
    git(dir, ["clone", "-q", source, clone]);
    const garbage = join(clone, "garbage");
    writeFileSync(garbage, "PACK nonsense");
    await expect(
      store.importTree({ runId, base: base.commit, commit: made.commit, packFile: garbage, variation: 4, attempt: 0 }),
    ).rejects.toThrow();
    const tree = git(clone, ["mktree", "--missing"], `100644 blob ${"1".repeat(40)}\tmissing\n`);
    const commit = git(clone, ["commit-tree", tree, "-p", base.commit, "-m", "hole"]);
    const packFile = join(clone, "hole");
    writeFileSync(packFile, execFileSync("git", ["pack-objects", "--stdout", "-q"], { cwd: clone, input: `${commit}\n${tree}\n` }));
    await expect(store.importTree({ runId, base: base.commit, commit, packFile, variation: 4, attempt: 0 })).rejects.toThrow();
  });

  it("cannot be asked for what is not there", async () => {
    await expect(store.diff(runId, base.commit, "1".repeat(40))).rejects.toMatchObject({ code: "not_found" });
    await expect(store.readBlob(runId, "1".repeat(40))).rejects.toMatchObject({ code: "not_found" });
  });
});
