import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import type { RunEventBody } from "@/lib/run/events";
import { jobName } from "@/lib/run/select";
import { createGitStore } from "../git/git-store-disk";
import { createRunWriter } from "../runs/run-writer";
import { openDatabase } from "../storage/prisma/database";
import { createPrismaEventLog } from "../storage/prisma/event-log";
import { createPrismaRunIndex } from "../storage/prisma/run-index";
import { createReconciler, type Reconciler, type ReconcilerOptions } from "./create-reconciler";
import { createLocalLeftovers } from "./local-leftovers";

export type Ending = "live" | "saved" | "unsaved";

/** A data folder with a real database, mirror and runs; only the clock can be put forward. */
export interface ReconcileHarness {
  dataDir: string;
  mirror: string;
  /** ms that the clock is ahead. */
  ahead: number;
  /** Names of attempts whose executor was asked to clean up. */
  cleaned: string[];
  reconciler(options?: Partial<ReconcilerOptions>): Reconciler;
  /** A run with one variation, its repository, and the folder of its attempt; resolves to the attempt's name. */
  run(runId: string, ending: Ending): Promise<string>;
  /** Ends the variation's attempt in the log. */
  finish(runId: string): Promise<void>;
  /** Files below the data folder; resolves to the absolute path. */
  put(path: string, content?: string): Promise<string>;
  git(cwd: string, ...args: string[]): string;
  dispose(): Promise<void>;
}

/** `dataDir` is made when it is not given. */
export async function createReconcileHarness(given?: string): Promise<ReconcileHarness> {
  const dataDir = given ?? (await mkdtemp(join(tmpdir(), "aideator-rec-")));
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: dataDir, GIT_CONFIG_NOSYSTEM: "1" } as unknown as NodeJS.ProcessEnv;
  const git = (cwd: string, ...args: string[]): string => execFileSync("git", args, { cwd, env, encoding: "utf8" }).trim();
  const code = join(dataDir, "sample", "shop");
  await mkdir(code, { recursive: true });
  await writeFile(join(code, "README.md"), "# Shop\n");
  git(code, "init", "-q", "-b", "main");
  git(code, "add", "-A");
  git(code, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "base");

  const database = await openDatabase(join(dataDir, "aideator.db"), "prisma/migrations");
  const index = createPrismaRunIndex(database);
  const store = createGitStore({ dataDir, gitHosts: [] });
  const mirror = await store.openMirror({ kind: "path", url: code, name: "shop" });
  const now = (): number => Date.now() + harness.ahead;
  const writer = createRunWriter(createPrismaEventLog(database), now);

  const harness: ReconcileHarness = {
    dataDir,
    mirror,
    ahead: 0,
    cleaned: [],
    git,
    reconciler: (options) =>
      createReconciler({
        dataDir,
        index,
        writer,
        executor: {
          ...createLocalLeftovers(dataDir),
          async cleanup(name) {
            harness.cleaned.push(name);
            await rm(join(dataDir, "attempts", name), { recursive: true, force: true });
          },
        },
        now,
        log: pino({ level: "silent" }),
        ...options,
      }),
    async run(runId, ending) {
      const project = await index.projectFor(code, "shop");
      const variations = [{ agent: "builtin", model: "demo" }];
      const created = { type: "run.created" as const, prompt: "p", projectId: project.id, repositoryUrl: code, repositoryName: "shop" };
      await writer.create({ runId, projectId: project.id, createdAt: now(), events: [{ at: now(), event: { ...created, variations } }] });
      const base = await store.pinBase(mirror, runId);
      await store.createRunRepository(runId, mirror, base.commit);
      await writer.command(runId, { type: "run.pin_base", ...base });
      await writer.command(runId, { type: "variation.prepare", variation: 0 });
      const place = { variation: 0, attempt: 0 };
      await writer.command(runId, { type: "variation.start", ...place, executor: "local", sandbox: "none" });
      const name = jobName(runId, 0);
      await harness.put(`attempts/${name}/tree/work.txt`, `work of ${runId}`);
      await harness.put(`attempts/${name}/launch.json`, "{}");
      if (ending === "saved") {
        const taken = await store.importTree({ runId, base: base.commit, commit: base.commit, variation: 0, attempt: 0 });
        const event: RunEventBody = { type: "snapshot.taken", reason: "final", ...taken };
        await writer.record(runId, [{ at: now(), ...place, event }]);
      }
      if (ending !== "live") await harness.finish(runId);
      return name;
    },
    async finish(runId) {
      await writer.command(runId, { type: "variation.finish", variation: 0, attempt: 0, outcome: { kind: "completed" } });
      await writer.command(runId, { type: "run.settle" });
    },
    async put(path, content = "x") {
      const whole = join(dataDir, path);
      await mkdir(join(whole, ".."), { recursive: true });
      await writeFile(whole, content);
      return whole;
    },
    async dispose() {
      await database.$disconnect();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return harness;
}
