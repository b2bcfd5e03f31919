import { execFileSync } from "node:child_process";
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createPodTree, podFolders, SHALLOW_HEADER } from "./executors/kubernetes/pod-tree";
import { createBasePacks, KEPT_COMMITS } from "./git/base-packs";
import { createGit } from "./git/git-command";
import { packCommits } from "./git/run-repository";

// What the server sends of a large repository is enough for everything that a pod does with it: real git on both sides.
let dir: string;
const git = (cwd: string, args: string[], input?: Buffer): string =>
  execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", ...args], { cwd, input, encoding: "utf8" }).trim();
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "aid-cut-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it("makes a tree on a base whose history is cut, goes on from a snapshot, and takes the next one", { timeout: 60_000 }, async () => {
  const source = join(dir, "source");
  git(dir, ["init", "-q", "-b", "main", source]);
  const commits = Array.from({ length: 120 }, (_, at) => {
    const text = `${at}\n`.repeat(50);
    const parent = at === 0 ? "" : `from :${at}\n`;
    const mark = `mark :${at + 1}\ncommitter T <t@example.com> ${1_000_000 + at} +0000\ndata 1\nx\n`;
    return `commit refs/heads/main\n${mark}${parent}M 100644 inline file.txt\ndata ${text.length}\n${text}\n`;
  });
  git(source, ["fast-import", "--quiet"], Buffer.from(commits.join("")));
  const mirror = join(dir, "mirror.git");
  git(dir, ["clone", "-q", "--bare", source, mirror]);
  const base = git(mirror, ["rev-parse", "main"]);
  const server = createGit(join(dir, "home"));
  const { file, shallow } = await createBasePacks(server, { folder: join(dir, "packs"), wholeHistoryBytes: 0 })(mirror, base);
  expect(shallow).toHaveLength(1);

  async function inPod(name: string, change: (tree: string) => void, startCommit?: string): Promise<{ commit: string; tree: string }> {
    const folders = podFolders(join(dir, name));
    for (const folder of [folders.tree, folders.home, folders.config]) await mkdir(folder, { recursive: true });
    const startPack = join(dir, "start.pack");
    if (startCommit !== undefined) {
      const chunks: Buffer[] = [];
      for await (const chunk of packCommits(server, mirror, [startCommit], [base])) chunks.push(chunk as Buffer);
      writeFileSync(startPack, Buffer.concat(chunks));
    }
    const gateway = {
      fetch: (_: string, take: (body: ReturnType<typeof createReadStream>, headers: Record<string, string>) => Promise<void>) =>
        take(createReadStream(file), { [SHALLOW_HEADER]: shallow.join(" ") }),
      download: (_: string, to: string) => copyFile(startPack, to),
    };
    const tree = createPodTree(folders, { baseCommit: base, startCommit, dependencies: false }, gateway as never, process.env.PATH ?? "");
    expect(await tree.make()).toEqual({ cut: true });
    change(folders.tree);
    const { output, packFile } = await tree.take({ final: true });
    git(mirror, ["index-pack", "--stdin", "--fix-thin", "--strict"], readFileSync(packFile ?? ""));
    return { commit: /^commit (\w+)$/m.exec(output)?.[1] ?? "", tree: folders.tree };
  }

  const first = await inPod("first", (tree) => writeFileSync(join(tree, "new.txt"), "one\n"));
  expect(Number(git(first.tree, ["rev-list", "--count", "HEAD"]))).toBe(KEPT_COMMITS);
  expect(git(first.tree, ["log", "-1", "--format=%d", shallow[0] ?? ""])).toContain("grafted");
  expect(git(mirror, ["rev-parse", `${first.commit}^`])).toBe(base);
  const second = await inPod("second", (tree) => writeFileSync(join(tree, "file.txt"), "two\n"), first.commit);
  expect(git(second.tree, ["status", "--short"])).toBe("M file.txt\n?? new.txt");
  expect(git(mirror, ["rev-parse", `${second.commit}^`])).toBe(base);
  expect(git(mirror, ["diff", "--name-status", base, second.commit])).toBe("M\tfile.txt\nA\tnew.txt");
});
