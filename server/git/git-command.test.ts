import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createGit } from "./git-command";

const dir = mkdtempSync(join(tmpdir(), "aideator-git-command-"));
const git = createGit(join(dir, "home"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("a git that is read as it goes", () => {
  it("gives its output, its exit code and what it complained of", async () => {
    const stream = git.stream(["version"]);
    let text = "";
    for await (const chunk of stream.stdout) text += String(chunk);
    expect(text).toMatch(/^git version/);
    expect(await stream.ended).toEqual({ code: 0, stderr: "" });
    const failing = git.stream(["no-such-command"]);
    failing.stdout.resume();
    expect(await failing.ended).toMatchObject({ code: 1, stderr: expect.stringContaining("no-such-command") });
  });

  it("goes with all that it started: when it is told to, and when its time is up", async () => {
    // An alias is a program that git starts and waits for.
    const config = ["alias.wait=!echo $$; sleep 600"];
    for (const timeoutMs of [300, 600_000]) {
      const stream = git.stream(["wait"], { config, timeoutMs });
      const [chunk] = await stream.stdout.take(1).toArray();
      const pid = Number(String(chunk));
      expect(alive(pid)).toBe(true);
      if (timeoutMs > 300) stream.kill();
      expect((await stream.ended).code).toBeNull();
      for (let tries = 0; alive(pid) && tries < 1_000; tries += 1) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(alive(pid)).toBe(false);
    }
  });

  it("that cannot be started says so", async () => {
    const stream = git.stream(["version"], { cwd: join(dir, "nowhere") });
    stream.stdout.resume();
    expect(await stream.ended).toMatchObject({ code: null, stderr: expect.stringContaining("ENOENT") });
    stream.kill();
  });
});
