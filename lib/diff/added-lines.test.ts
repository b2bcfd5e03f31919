import { execFileSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { addedLines } from "./added-lines";

it("finds what git's own diffs add, whatever the names and lines look like", () => {
  const dir = mkdtempSync(join(tmpdir(), "aid-added-"));
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=D", "-c", "user.email=d@e.f", "-c", "core.quotePath=false", ...args], {
      cwd: dir,
      encoding: "utf8",
    });
  const write = (name: string, text: string | Buffer): void => writeFileSync(join(dir, name), text);
  try {
    git("init", "-q", ".");
    write("a.js", "one\n-- two\nthree\n");
    write("gone.js", "x\n");
    write("old name.js", `${"same\n".repeat(20)}`);
    git("add", "-A");
    git("commit", "-qm", "base");
    write("a.js", "one\n++ b/fake.js\n@@ -1 +1 @@\nthree\r\nfour");
    rmSync(join(dir, "gone.js"));
    renameSync(join(dir, "old name.js"), join(dir, "new näme.js"));
    write("new näme.js", `${"same\n".repeat(20)}more\n`);
    write('odd"\t.js', "quoted\n");
    write("picture.bin", Buffer.from([0, 1, 2, 0, 43, 43, 43]));
    git("add", "-A");
    const found = addedLines(git("diff", "--cached", "-M", "--binary", "--full-index", "HEAD"));
    expect(found).toEqual([
      {
        path: "a.js",
        lines: [
          { number: 2, text: "++ b/fake.js" },
          { number: 3, text: "@@ -1 +1 @@" },
          { number: 4, text: "three" },
          { number: 5, text: "four" },
        ],
      },
      { path: "new näme.js", lines: [{ number: 21, text: "more" }] },
      { path: 'odd"\t.js', lines: [{ number: 1, text: "quoted" }] },
    ]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

it("finds nothing in what is no diff", () => {
  for (const text of ["", "+++ b/x\n", "@@ -1 +1 @@\n+a\n", "diff --git a/x b/x\n+++ b/x\n@@ -1,9 +1,9 @@\n"])
    expect(addedLines(text)).toEqual([]);
});
