import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Commits files as a repository of its own, in a folder of its own; answers the checkout's path. */
export function writeRepository(files: Readonly<Record<string, string>>): string {
  const path = join(mkdtempSync(join(tmpdir(), "aid-truth-repo-")), "shop");
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  const git = (...args: string[]): void => {
    execFileSync("git", ["-C", path, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args]);
  };
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "A shop");
  return path;
}
