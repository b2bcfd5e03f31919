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
  /**
   * Milliseconds from the question to the answer, nothing kept from before but git's objects; those that the thread was busy with it, its first
   * work; and the longest that the server's own thread stood still.
   */
  ask(): Promise<{ ms: number; busy: number; blocked: number }>;
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
      const watched = watch(thread);
      const service = createMapService({ state: async () => state }, createGitStore({ dataDir, gitHosts: [] }), watched.thread);
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const start = performance.now();
      await service.map(RUN_ID, mapQuerySchema.parse({}));
      const ms = performance.now() - start;
      delay.disable();
      return { ms, busy: watched.busy(), blocked: delay.max / 1e6 };
    },
    close: async () => thread?.close(),
  };
}

/** Jobs come one after the other: each is at work from its coming, or from the end of the one before. */
function watch(thread: MapThread): { thread: MapThread; busy(): number } {
  let [sum, ended] = [0, 0];
  const run: MapThread["run"] = async (job, signal) => {
    const asked = performance.now();
    const answer = await thread.run(job, signal);
    const now = performance.now();
    sum += now - Math.max(asked, ended);
    ended = now;
    return answer;
  };
  return { thread: { ...thread, run }, busy: () => sum };
}

function stateOf([base = "", ...commits]: string[]): RunState {
  const variations = commits.map((commit) => ({ snapshot: { commit }, status: "completed" }));
  return { ...emptyRun(RUN_ID), base: { commit: base }, variations } as unknown as RunState;
}
