import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "safe.directory=*", "-c", "core.hooksPath=/dev/null"];

/** One place that `git diff` names: 0-based lines of the base, the end left out, and what stands there instead. */
export interface GitHunk {
  start: number;
  end: number;
  lines: readonly string[];
}

/** A clone with the base and all variations, and nothing but git's own programs on it. */
export type PlainGit = ReturnType<typeof openPlainGit>;

/** Clones what a run serves; `heads` are branches of its remote, such as `a`. */
export function openPlainGit(remote: string, base: string, heads: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "aid-truth-git-"));
  const worktrees: string[] = [];
  const git = (...args: string[]): string => run(folder, args);
  run(tmpdir(), ["init", "-q", folder]);

  function fetch(names: readonly string[]): void {
    git("fetch", "-q", "--no-tags", remote, ...names.map((name) => `+refs/heads/${name}:refs/heads/${name}`));
  }
  fetch(heads);
  git("branch", "-f", "base", base);

  return {
    folder,
    git,
    fetch,
    /** Exit code beside the output. */
    attempt(...args: string[]): { code: number; out: string } {
      const { status, stdout } = spawnSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8", maxBuffer: 1e9 });
      return { code: status ?? -1, out: stdout };
    },
    treeOf: (commit: string): string => git("rev-parse", `${commit}^{tree}`).trim(),
    /** Id of a file's blob; undefined where there is no such file. */
    blobOf(commit: string, path: string): string | undefined {
      const line = git("ls-tree", commit, "--", path).trim();
      return line === "" ? undefined : line.split(/\s+/)[2];
    },
    textOf: (commit: string, path: string): string => git("cat-file", "blob", `${commit}:${path}`),
    /** Status, path in the base and path there, renames found as git finds them. */
    changedFiles(commit: string): { status: string; path: string; newPath: string }[] {
      const parts = git("diff", "--raw", "-z", "-M", "base", commit).split("\0");
      const files: { status: string; path: string; newPath: string }[] = [];
      for (let at = 0; at + 1 < parts.length; ) {
        const status = (parts[at] ?? "").split(" ").at(-1) ?? "";
        const moved = /^[RC]/.test(status);
        const path = parts[at + 1] ?? "";
        files.push({ status: status.charAt(0), path, newPath: moved ? (parts[at + 2] ?? "") : path });
        at += moved ? 3 : 2;
      }
      return files;
    },
    /** The places in which a file differs; two blobs, so that a moved file is followed. */
    hunks(from: string, to: string): GitHunk[] {
      return readHunks(git("diff", "--unified=0", "--minimal", "--no-indent-heuristic", from, to));
    },
    /** A new worktree of a commit; removed with the clone. */
    worktree(commit: string): string {
      const path = mkdtempSync(join(tmpdir(), "aid-truth-tree-"));
      git("worktree", "add", "-q", "--force", "--detach", path, commit);
      worktrees.push(path);
      return path;
    },
    in: (path: string, ...args: string[]): string => run(path, args),
    /** Writes a blob; answers its id. */
    hash(text: string): string {
      const file = join(folder, ".git", "truth-blob");
      writeFileSync(file, text);
      return git("hash-object", "-w", "--no-filters", file).trim();
    },
    dispose(): void {
      for (const path of [...worktrees, folder]) rmSync(path, { recursive: true, force: true });
    },
  };
}

function run(cwd: string, args: readonly string[]): string {
  return execFileSync("git", [...identity, ...args], { cwd, encoding: "utf8", maxBuffer: 1e9, stdio: ["ignore", "pipe", "pipe"] });
}

/** The hunks of a patch without context lines. */
function readHunks(patch: string): GitHunk[] {
  const hunks: { start: number; end: number; lines: string[] }[] = [];
  for (const line of patch.split("\n")) {
    const head = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@/.exec(line);
    if (head !== null) {
      const [from, count] = [Number(head[1]), Number(head[2] ?? 1)];
      // Of an insertion git names the line before it.
      const start = count === 0 ? from : from - 1;
      hunks.push({ start, end: start + count, lines: [] });
    } else if (line.startsWith("+") && hunks.length > 0) hunks.at(-1)?.lines.push(line.slice(1));
  }
  return hunks;
}
