import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environmentState } from "@/lib/run/setup";
import {
  attempts,
  dir,
  environmentsForEachTest,
  holdRegistry,
  LONG,
  npmApp,
  repositoryWith,
  requests,
  sandboxed,
  serve,
  textOf,
} from "./run-environments-harness";

environmentsForEachTest();

describe.runIf(sandboxed)("a set-up that fails or is cut off", () => {
  it(
    "tells what was refused, works without dependencies, remembers the failure, and tries again when asked or changed",
    async () => {
      const server = await serve({ withRegistry: false });
      const repository = await repositoryWith("app", {
        ...npmApp(),
        ".npmrc": "registry=http://packages.invalid.example/\nfetch-retries=0\n",
      });
      const run = await server.ended(await server.start(repository, "ls node_modules"));
      expect(run.status).toBe("completed");
      expect(run.setup?.finished).toMatchObject({ ok: false, skipped: false, reason: "it ended with exit code 1" });
      expect(run.setup?.output).toContain(
        "refused: packages.invalid.example, not in the allow-list; add it to the domains of the project's environment",
      );
      expect(run.notices.map(({ text }) => text)).toEqual([
        'Dependencies are missing: the set-up "npm ci" failed (it ended with exit code 1). The agents work without them.',
      ]);
      expect(textOf(run)).toContain("No such file");
      expect(environmentState(run)).toMatchObject({ kind: "not_set_up" });

      const again = await server.ended(await server.start(repository, "true"));
      expect(again.setup).toMatchObject({ cached: true, finished: { ok: false } });
      expect(again.setup?.output).toContain("refused: packages.invalid.example");
      expect(again.notices.map(({ text }) => text)).toEqual([
        'Dependencies are missing: the set-up "npm ci" failed (it ended with exit code 1 in an earlier run with the same lock file). The agents work without them. To try it again, open the project\'s environment.',
      ]);
      await server.project.tryAgain(run.projectId);
      expect((await server.ended(await server.start(repository, "true"))).setup?.cached).toBe(false);
      await server.project.change(run.projectId, { domains: ["packages.invalid.example"] });
      const allowed = await server.ended(await server.start(repository, "true"));
      expect(allowed.setup).toMatchObject({ cached: false, finished: { ok: false } });
      expect(allowed.setup?.output).toContain("refused: packages.invalid.example, this name was not found");
      await server.project.change(run.projectId, { setup_command: "mkdir node_modules && echo made > node_modules/by-hand" });
      const own = await server.ended(await server.start(repository, "cat node_modules/by-hand"));
      expect(textOf(own)).toBe("made\n");
      await server.project.change(run.projectId, { enabled: false });
      const off = await server.ended(await server.start(repository, "true"));
      expect(off.setup?.finished).toMatchObject({ ok: true, skipped: true, reason: "it is switched off in the project's environment." });
      expect(environmentState(off)).toEqual({ kind: "not_set_up", reason: "not set up: it is switched off in the project's environment." });
    },
    LONG,
  );

  it(
    "removes at its start what a killed server left of a set-up, and builds again",
    async () => {
      const server = await serve();
      const repository = await repositoryWith("app", npmApp());
      const run = await server.ended(await server.start(repository, "true"));
      const place = { projectId: run.projectId, hash: run.setup?.hash ?? "" };
      await rm(join(dir, "data/environments", place.projectId), { recursive: true });
      // What there is in the middle of one: its sandbox at work, a half-made entry, the proxy's folder.
      const name = `agent-setup-${place.projectId}-${place.hash}`;
      const setup = { command: "echo begun; sleep 1000", variables: {}, shown: [], minutes: 30 };
      const spec = { name, mirrorPath: server.mirrorPath(repository), baseCommit: run.base?.commit ?? "", setup };
      await server.executor.prepare(spec);
      await server.executor.start(spec);
      const { shim } = JSON.parse(readFileSync(join(dir, "data/attempts", name, "shim.json"), "utf8")) as { shim: { pid: number } };
      await mkdir(join(dir, "data/environments", place.projectId, `${place.hash}.abcdef.half/tree`), { recursive: true });
      await mkdir(join(dir, "data/egress/01234567"), { recursive: true });

      const next = await serve();
      await next.environments.recover();
      expect(attempts()).not.toContain(name);
      expect(existsSync(`/proc/${shim.pid}`)).toBe(false);
      expect(existsSync(join(dir, "data/egress"))).toBe(false);
      expect(readdirSync(join(dir, "data/environments", place.projectId))).toEqual([]);
      const again = await next.ended(await next.start(repository, "node -p \"require('tiny')\""));
      expect(again.setup).toMatchObject({ cached: false, finished: { ok: true } });
      expect(textOf(again)).toBe("tiny says hello\n");
    },
    LONG,
  );

  it(
    "ends a set-up that nobody waits for any more",
    async () => {
      holdRegistry(new Promise(() => undefined));
      const server = await serve();
      const runId = await server.start(await repositoryWith("app", npmApp()), "true", 2);
      await expect.poll(() => requests.length, { timeout: 60_000 }).toBe(1);
      await server.runs.cancel(runId, 0);
      await server.until(runId, ({ variations }) => variations[0]?.status === "cancelled");
      expect((await server.runs.get(runId)).variations[1]?.status).toBe("preparing");
      await server.runs.cancel(runId);
      const run = await server.ended(runId);
      expect(run.setup?.finished).toMatchObject({ ok: false });
      await server.environments.settled();
      await expect.poll(attempts, { timeout: 20_000 }).toEqual([]);
    },
    LONG,
  );
});
