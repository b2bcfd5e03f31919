import { setTimeout as wait } from "node:timers/promises";
import { jobName } from "@/lib/run/select";
import { startServer, type TestServer } from "../server";
import { checkRun, type Testimony } from "./check-witness";
import { createFaultClient, type FaultClient } from "./fault-client";
import { clearHost, processesOf, remainsOf } from "./host-remains";
import type { Random } from "./random";
import { scriptText } from "./script-text";
import { type SocketWitness, socketWitness, sseWitness, type Witness } from "./witness";

/** What a scenario measured: one row per name in the table at the end. */
export type Figures = Record<string, number | string>;

export interface Scenario {
  name: string;
  /** Rows of the fault catalogue that it covers. */
  faults: string;
  run(world: World): Promise<Figures>;
}

export interface WatchedRun {
  runId: string;
  models: readonly string[];
  /** The first of the witnesses. */
  socket: SocketWitness;
  witnesses: readonly Witness[];
}

export interface StartOptions {
  env?: Record<string, string>;
  accessToken?: string;
}

/** What scenarios share: a server that can be killed, runs that are watched, and the judgement. */
export interface World {
  random: Random;
  short: boolean;
  rounds: number;
  /** Counted for the line at the end. */
  kills: number;
  compared: number;
  say(text: string): void;
  /** Starts the scenario's server; at once ended again when the scenario is over. */
  open(options?: StartOptions): Promise<FaultServer>;
  /** Done when the scenario is over and its servers are gone. */
  atEnd(task: () => Promise<void>): void;
  /** A finding that fails the scenario at its end, not now: the rest of it still tells something. */
  blame(problem: string): void;
}

export interface FaultServer {
  server: TestServer;
  api: FaultClient;
  /** Process id of the server that runs now. */
  pid(): Promise<number>;
  kill(signal: NodeJS.Signals): Promise<void>;
  restart(): Promise<void>;
  /** Starts a run with its witnesses: `sockets` (at least 1) and `streams`. */
  watch(models: readonly string[], clients?: { sockets?: number; streams?: number }): Promise<WatchedRun>;
  /** More events than that are not to come: waits until all witnesses have them, judges, and sends the witnesses home. */
  judge(run: WatchedRun, timeoutMs: number): Promise<void>;
  /** Blames whatever these runs left on the machine. */
  expectClean(runs: readonly WatchedRun[], patienceMs: number): Promise<void>;
}

const CATCH_UP_MS = 20_000;
/** For so long somebody may be building in this very folder. */
const REBUILD_MS = 60_000;

export interface WorldKeeper {
  world: World;
  problems: readonly string[];
  /** Ends every process and removes every folder that the scenario made. */
  dispose(): Promise<void>;
}

/** One scenario's world. */
export function createWorld(options: Pick<World, "random" | "short" | "rounds" | "say">): WorldKeeper {
  const problems: string[] = [];
  const closers: (() => Promise<void>)[] = [];
  const world: World = {
    ...options,
    kills: 0,
    compared: 0,
    blame(problem) {
      problems.push(problem);
      options.say(`  ! ${problem}`);
    },
    atEnd: (task) => void closers.unshift(task),
    async open({ env = {}, accessToken } = {}) {
      const token: Record<string, string> = accessToken === undefined ? {} : { AIDEATOR_ACCESS_TOKEN: accessToken };
      const server = await startServer({ AIDEATOR_MAX_RUNNING: "30", ...token, ...env });
      const { faultServer, dispose } = createFaultServer(world, server, env.AIDEATOR_DATA_DIR ?? server.dataDir, accessToken);
      closers.push(dispose);
      return faultServer;
    },
  };
  return {
    world,
    problems,
    async dispose() {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}

function createFaultServer(world: World, server: TestServer, dataDir: string, accessToken: string | undefined) {
  const api = createFaultClient(server.url, accessToken);
  const runs: WatchedRun[] = [];
  const faultServer: FaultServer = {
    server,
    api,
    async pid() {
      const found = (await processesOf(dataDir)).find(({ argv }) => argv[1] === "dist/server.mjs");
      if (found === undefined) throw new Error("the server does not run");
      return found.pid;
    },
    async kill(signal) {
      world.kills += 1;
      await server.kill(signal);
    },
    async restart() {
      const deadline = performance.now() + REBUILD_MS;
      for (;;) {
        try {
          return await server.restart();
        } catch (error) {
          if (!/production build|Cannot find module/.test(String(error)) || performance.now() > deadline) throw error;
          await wait(500);
        }
      }
    },
    async watch(models, { sockets = 2, streams = 1 } = {}) {
      const runId = await api.startRun(models);
      const first = socketWitness(server.url, runId, api.headers, `${runId} socket 1`);
      const others = Array.from({ length: sockets - 1 }, (_, at) =>
        socketWitness(server.url, runId, api.headers, `${runId} socket ${at + 2}`),
      );
      const readers = Array.from({ length: streams }, (_, at) => sseWitness(server.url, runId, api.headers, `${runId} SSE ${at + 1}`));
      const run = { runId, models, socket: first, witnesses: [first, ...others, ...readers] };
      runs.push(run);
      return run;
    },
    async judge(run, timeoutMs) {
      try {
        await api.ended(run.runId, timeoutMs);
      } catch (error) {
        world.blame(error instanceof Error ? error.message : String(error));
      }
      const log = await caughtUp(run);
      const texts = await Promise.all(run.models.map((model, index) => scriptText(model, index)));
      const testimonies = run.witnesses.map((witness): Testimony => witness.testimony());
      for (const problem of checkRun(log, testimonies, (index) => texts[index])) world.blame(`run ${run.runId}: ${problem}`);
      world.compared += log.length * (1 + testimonies.length);
      for (const witness of run.witnesses) witness.close();
    },
    async expectClean(those, patienceMs) {
      const names = (await Promise.all(those.map(attemptsOf))).flat();
      for (const left of await remainsOf(dataDir, names, patienceMs)) world.blame(left);
    },
  };

  async function caughtUp(run: WatchedRun) {
    const deadline = performance.now() + CATCH_UP_MS;
    for (;;) {
      const log = await api.log(run.runId);
      const behind = run.witnesses.some((witness) => witness.count() < log.length);
      if (!behind || performance.now() > deadline) return log;
      await wait(50);
    }
  }

  async function attemptsOf({ runId }: WatchedRun): Promise<string[]> {
    const names = (await api.log(runId)).flatMap(({ variation, attempt }) =>
      variation === undefined ? [] : [jobName(runId, variation, attempt)],
    );
    return [...new Set(names)];
  }

  async function dispose(): Promise<void> {
    for (const run of runs) for (const witness of run.witnesses) witness.close();
    await server.kill("SIGKILL");
    await clearHost(dataDir);
    await server.dispose();
  }

  return { faultServer, dispose };
}
