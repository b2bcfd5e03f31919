import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { environmentState } from "@/lib/run/setup";
import {
  attempts,
  commit,
  dir,
  environmentsForEachTest,
  holdRegistry,
  LONG,
  lockOf,
  npmApp,
  registryUrl,
  repositoryWith,
  requests,
  sandboxed,
  serve,
  textOf,
} from "./run-environments-harness";

environmentsForEachTest();

describe.runIf(sandboxed)("the environment of a run", () => {
  it(
    "installs by the proxy once, and gives every tree a copy of its own that shows in no diff",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("app", npmApp());
      const probe =
        "node -p \"require('tiny')\"; echo changed >> node_modules/tiny/index.js && stat -c %h node_modules/tiny/index.js; git status --short | wc -l; node -e \"fetch('http://127.0.0.1:1').catch((e) => console.log(Object.keys(process.env).filter((n) => /proxy/i.test(n)).length, 'no way out'))\"";
      const run = await server.ended(await server.start(repository, probe, 2));
      expect(run.variations.map(({ status }) => status)).toEqual(["completed", "completed"]);
      for (const variation of [0, 1]) expect(textOf(run, variation)).toBe("tiny says hello\n1\n0\n0 no way out\n");
      expect(run.variations.map(({ snapshot }) => snapshot?.files)).toEqual([0, 0]);
      expect(run.setup).toMatchObject({ command: "npm ci", cached: false, finished: { ok: true, skipped: false } });
      expect(run.setup?.output).toContain("added 1 package");
      expect(run.setup?.output).toMatch(/reached: 127\.0\.0\.1, \d+ connection/);
      expect(environmentState(run)).toEqual({ kind: "ready" });
      expect(requests).toEqual(["/tiny/-/tiny-1.0.0.tgz"]);
      await expect.poll(attempts, { timeout: 20_000 }).toEqual([]);

      const again = await server.ended(await server.start(repository, "cat node_modules/tiny/index.js"));
      expect(textOf(again)).toBe("module.exports = 'tiny says hello';\n");
      expect(again.setup).toMatchObject({ command: "npm ci", cached: true, output: "", finished: { ok: true } });
      expect(requests).toHaveLength(1);
      const { detected, last, kept_bytes } = await server.project.describe(run.projectId);
      expect(detected).toMatchObject({ name: "npm", command: "npm ci", locks: ["package-lock.json"] });
      expect(last).toMatchObject({ ok: true, skipped: false, command: "npm ci" });
      expect(kept_bytes).toBeGreaterThan(0);

      await writeFile(join(repository, "package-lock.json"), `${lockOf()}\n`);
      commit(repository);
      const changed = await server.ended(await server.start(repository, "true"));
      expect(changed.setup).toMatchObject({ cached: false, finished: { ok: true } });
      expect(changed.setup?.hash).not.toBe(run.setup?.hash);
      expect(requests).toHaveLength(2);
    },
    LONG,
  );

  it(
    "builds once for runs that come at the same time",
    async () => {
      let open = (): void => undefined;
      holdRegistry(new Promise((resolve) => (open = resolve)));
      const server = await serve();
      const repository = await repositoryWith("app", npmApp());
      const first = await server.start(repository, "node -p \"require('tiny')\"");
      await expect.poll(() => requests.length, { timeout: 60_000 }).toBe(1);
      const second = await server.start(repository, "node -p \"require('tiny')\"", 2);
      await server.until(second, ({ setup }) => setup?.output.includes("Another run sets this up") === true);
      expect((await server.runs.get(second)).variations.map(({ status }) => status)).toEqual(["preparing", "preparing"]);
      open();
      for (const runId of [first, second]) {
        const run = await server.ended(runId);
        expect(textOf(run)).toBe("tiny says hello\n");
        expect(run.setup?.output).toContain("added 1 package");
      }
      expect(requests).toHaveLength(1);
    },
    LONG,
  );

  it(
    "makes a Python environment without a network",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("py", { "requirements.txt": "# nothing yet\n" });
      const run = await server.ended(
        await server.start(repository, "which python; python -c 'import sys; print(sys.prefix)'; git status --short"),
      );
      expect(run.setup?.finished).toMatchObject({ ok: true });
      expect(textOf(run)).toBe("/workspace/.venv/bin/python\n/workspace/.venv\n");
    },
    LONG,
  );

  it(
    "takes over the folder of a local checkout with the same lock file, as a copy",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("app", { ...npmApp(), ".gitignore": "node_modules\n" });
      const install = ["ci", `--registry=${registryUrl()}`, "--no-audit", "--cache", join(dir, "npm")];
      await promisify(execFile)("npm", install, { cwd: repository });
      requests.splice(0);
      const run = await server.ended(
        await server.start(repository, "echo no >> node_modules/tiny/index.js; stat -c %h node_modules/tiny/index.js"),
      );
      expect(run.setup?.output).toContain("Taken over from the local checkout: node_modules");
      expect(textOf(run)).toBe("1\n");
      expect(requests).toEqual([]);
      expect(await readFile(join(repository, "node_modules/tiny/index.js"), "utf8")).toBe("module.exports = 'tiny says hello';\n");

      await server.project.change(run.projectId, { seed_from_checkout: false });
      await rm(join(dir, "data/environments"), { recursive: true });
      const without = await server.ended(await server.start(repository, "node -p \"require('tiny')\""));
      expect(textOf(without)).toBe("tiny says hello\n");
      expect(requests).toHaveLength(1);
    },
    LONG,
  );
});

describe("where nothing is to be set up, or cannot be", () => {
  it("says nothing of a repository without lock file, and why nothing is done where dependencies have none", async () => {
    const server = await serve();
    const plain = await server.ended(await server.start(await repositoryWith("plain", { "a.txt": "a\n", "package.json": "{}" }), "true"));
    expect(plain.setup).toBeUndefined();
    expect(environmentState(plain)).toEqual({ kind: "not_needed" });
    const manifest = { "package.json": JSON.stringify({ devDependencies: { x: "*" } }) };
    const open = await server.ended(await server.start(await repositoryWith("open", manifest), "true"));
    expect(open.setup?.finished).toMatchObject({ skipped: true, reason: expect.stringContaining("no lock file") as string });
  });

  it("runs nothing where no sandbox holds", async () => {
    const server = await serve({ isolated: false });
    const run = await server.ended(await server.start(await repositoryWith("app", npmApp()), "ls"));
    expect(run.status).toBe("completed");
    expect(run.setup?.finished).toMatchObject({ skipped: true, reason: expect.stringContaining("in a sandbox only") as string });
    expect(textOf(run)).not.toContain("node_modules");
  });
});
