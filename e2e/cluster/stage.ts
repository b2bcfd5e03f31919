import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type ClusterServer, openClusterServer, type ServerOptions } from "./cluster-server";
import { type DisposableCluster, openDisposableCluster } from "./disposable-cluster";
import { writeScenarios } from "./scenarios";

/** What the stories of one file share: a namespace, and the server of the story before where it is set up alike. */
export interface Stage {
  cluster: DisposableCluster;
  /** One at a time: there is one address at which pods reach it. */
  open(options?: Partial<ServerOptions>): Promise<ClusterServer>;
}

const EMPTY_MS = 90_000;

/** Sets it up for a file; after each story nothing of agents may be left in the cluster. */
export function setStage(): Stage {
  const stage = {} as Stage;
  let scenarios: Awaited<ReturnType<typeof writeScenarios>>;
  let opened: { setUp: string; server: ClusterServer } | undefined;
  beforeAll(async () => {
    stage.cluster = await openDisposableCluster();
    scenarios = await writeScenarios();
    stage.open = async (options = {}) => {
      const setUp = JSON.stringify(options);
      if (opened?.setUp === setUp) return opened.server;
      await opened?.server.close();
      opened = undefined;
      opened = { setUp, server: await openClusterServer(stage.cluster, { scripts: scenarios.folder, ...options }) };
      return opened.server;
    };
  });
  afterEach(async () => {
    // What one story leaves is its own fault, not the next one's.
    await stage.cluster.empty(EMPTY_MS).catch(async (error: unknown) => {
      await stage.cluster.clear();
      throw error;
    });
  });
  afterAll(async () => {
    await opened?.server.close();
    await scenarios?.remove();
    await stage.cluster?.dispose();
  });
  return stage;
}

/** One line of what was measured. */
export function figure(name: string, value: string | number): void {
  console.log(`  ${name.padEnd(60)} ${value}`);
}

/** A command of whoever runs the suite, for what no API does; undefined where there is none. */
export function command(
  name: "RESTART_APISERVER" | "RESTART_KUBELET" | "KILL_CONTAINER",
): ((argument?: string) => Promise<void>) | undefined {
  const text = process.env[`AIDEATOR_CLUSTER_${name}`];
  if (text === undefined || text === "") return undefined;
  return async (argument = "") => void (await promisify(execFile)("bash", ["-c", text, "command", argument], { timeout: 60_000 }));
}
