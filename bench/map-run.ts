import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { build } from "esbuild";
import { mapQuerySchema } from "@/lib/protocol/map";
import { emptyRun, type RunState } from "@/lib/run/state";
import { createMapService } from "@/server/compare/map-service";
import { createMapThread, type MapThread } from "@/server/compare/map-thread";
import { createGitStore } from "@/server/git/git-store-disk";

const RUN_ID = "benchmaprun001";

/** A run whose trees are folders `0` (the base), `1`, `2`, … of `folder`, mapped by the service as a page asks for it. */
export interface MapRun {
  /** Milliseconds from the question to the answer, nothing kept from before but git's objects, and the longest that the own thread stood still. */
  ask(): Promise<{ ms: number; blocked: number }>;
  close(): Promise<void>;
}

export async function openMapRun(folder: string, variations: number): Promise<MapRun> {
  const dataDir = join(folder, "data");
  const repository = createGitStore({ dataDir, gitHosts: [] }).runRepository(RUN_ID);
  mkdirSync(repository, { recursive: true });
  const git = (args: string[], workTree?: string): string =>
    execFileSync("git", ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", ...args], {
      cwd: workTree ?? folder,
      env: { ...process.env, GIT_DIR: repository, ...(workTree === undefined ? {} : { GIT_WORK_TREE: workTree }) },
      encoding: "utf8",
    }).trim();
  git(["init", "-q", "--bare"]);
  const commits = Array.from({ length: variations + 1 }, (_, index) => {
    git(["add", "-A", "."], join(folder, String(index)));
    return git(["commit-tree", git(["write-tree"]), "-m", "work"]);
  });
  const state = stateOf(commits);
  const program = join(folder, "map-worker.mjs");
  const alias = { "@": process.cwd() };
  await build({ entryPoints: ["server/compare/map-worker.ts"], outfile: program, bundle: true, platform: "node", format: "esm", alias });
  let thread: MapThread | undefined;
  return {
    async ask() {
      await thread?.close();
      thread = createMapThread(program);
      const service = createMapService({ state: async () => state }, createGitStore({ dataDir, gitHosts: [] }), thread);
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const start = performance.now();
      await service.map(RUN_ID, mapQuerySchema.parse({}));
      const ms = performance.now() - start;
      delay.disable();
      return { ms, blocked: delay.max / 1e6 };
    },
    close: async () => thread?.close(),
  };
}

function stateOf([base = "", ...commits]: string[]): RunState {
  const variations = commits.map((commit) => ({ snapshot: { commit }, status: "completed" }));
  return { ...emptyRun(RUN_ID), base: { commit: base }, variations } as unknown as RunState;
}
