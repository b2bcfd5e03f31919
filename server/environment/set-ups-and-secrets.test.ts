import { execFileSync } from "node:child_process";
import { statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  commit,
  database,
  dir,
  environmentsForEachTest,
  LONG,
  npmApp,
  repositoryWith,
  sandboxed,
  serve,
  textOf,
} from "./run-environments-harness";

environmentsForEachTest();

const SECRET = "tok-very-secret-4711";

describe.runIf(sandboxed)("what a set-up may know and reach", () => {
  it(
    "gives secrets to whom they are for, and writes them down nowhere",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("app", npmApp());
      const first = await server.ended(await server.start(repository, "true"));
      await server.project.change(first.projectId, {
        setup_command: 'mkdir node_modules; echo "setup sees $SET_TOKEN, not ${AGENT_TOKEN:-it}, plain $PLAIN"; exit 3',
        env: { PLAIN: "a plain value", ONLY_SETUP: { value: "x", expose: "setup" } },
        secrets: { SET_TOKEN: { value: SECRET, expose: "setup" }, AGENT_TOKEN: `${SECRET}-for-the-agent` },
      });
      const run = await server.ended(
        await server.start(
          repository,
          'echo "agent sees $AGENT_TOKEN, not ${SET_TOKEN:-it}, $PLAIN${ONLY_SETUP:-}"; tr "\\0" "\\n" < /proc/1/cmdline | grep -c tok-very',
        ),
      );
      expect(run.setup?.output).toContain("setup sees [redacted], not it, plain a plain value");
      expect(textOf(run)).toBe("agent sees [redacted], not it, a plain value\n0\n");
      const described = await server.project.describe(first.projectId);
      expect(described.secrets.map(({ name, expose }) => [name, expose])).toEqual([
        ["AGENT_TOKEN", "agent"],
        ["SET_TOKEN", "setup"],
      ]);
      expect(described.env).toEqual([
        { name: "ONLY_SETUP", value: "x", expose: "setup" },
        { name: "PLAIN", value: "a plain value", expose: "both" },
      ]);
      await server.drain();
      await database.$disconnect();
      // Database, cache, remembered failures: no file of the data folder has it.
      const found = execFileSync("bash", ["-c", `grep -rlaF ${SECRET} ${join(dir, "data")} || true`], { encoding: "utf8" });
      expect(found).toBe("");
      expect(statSync(join(dir, "data/secret.key")).mode & 0o777).toBe(0o600);
    },
    LONG,
  );

  it(
    "follows no link out, neither of the set-up nor of the repository",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("app", npmApp());
      const first = await server.ended(await server.start(repository, "true"));
      symlinkSync("/tmp", join(repository, "linked"));
      commit(repository);
      await server.project.change(first.projectId, {
        setup_command: `mkdir -p real/node_modules node_modules; ln -s /etc/passwd node_modules/out; mv real gone && ln -s ${dir} real; ln -s ${dir} .venv; echo kept > node_modules/file`,
      });
      const run = await server.ended(await server.start(repository, "ls -1A . node_modules; readlink node_modules/out"));
      expect(run.setup?.finished).toMatchObject({ ok: true });
      expect(textOf(run)).toBe(
        ".:\n.git\ngone\nlinked\nnode_modules\npackage-lock.json\npackage.json\n\nnode_modules:\nfile\nout\n/etc/passwd\n",
      );
    },
    LONG,
  );
});
