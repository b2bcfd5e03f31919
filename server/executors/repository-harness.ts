import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** An agent for tests: its prompt says what it does, as JavaScript or as one of the contract's words. */
export const TEST_AGENT = `
import { readFileSync, writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
const task = JSON.parse(readFileSync(process.env.AIDEATOR_TASK, "utf8"));
const print = (text) => writeSync(1, text + "\\n");
const [what, argument] = task.prompt.split(" ");
if (what === "lines") for (let n = 1; n <= Number(argument); n += 1) print(JSON.stringify({ n }));
else if (what === "exit") { print("{}"); process.exit(Number(argument)); }
else if (what === "die") { print("{}"); process.kill(process.pid, "SIGKILL"); await pause(10_000); }
else if (what === "endless") for (let n = 1; ; n += 1) { print(JSON.stringify({ n })); await pause(20); }
else await (await import("data:text/javascript," + encodeURIComponent(task.prompt.replace(/^js /, "")))).default({ task, print, pause });
`;

/** A repository with one commit, and a mirror of it. */
export interface TestRepository {
  mirror: string;
  base: string;
  git(cwd: string, ...args: string[]): string;
}

/** Made below `folder`. */
export async function createTestRepository(folder: string): Promise<TestRepository> {
  const files: Record<string, string> = { "a file.txt": "one\n", "ümläut/日本.txt": "zwei\n" };
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: folder, GIT_CONFIG_NOSYSTEM: "1" } as unknown as NodeJS.ProcessEnv;
  const git = (cwd: string, ...args: string[]): string => execFileSync("git", args, { cwd, env, encoding: "utf8" }).trim();
  const source = join(folder, "source");
  const mirror = join(folder, "mirror.git");
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(source, path, ".."), { recursive: true });
    await writeFile(join(source, path), text);
  }
  git(source, "init", "-q", "-b", "main");
  git(source, "add", "-A");
  git(source, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "base");
  git(folder, "clone", "-q", "--bare", source, mirror);
  return { mirror, base: git(mirror, "rev-parse", "main"), git };
}
