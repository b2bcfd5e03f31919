import { mkdirSync, symlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { RunState } from "@/lib/run/state";
import { createServices, type RunningServices } from "./create-services";
import { readEnv } from "./env";
import { ClusterStandIn } from "./executors/kubernetes/cluster-stand-in";
import { bundlePodProgram } from "./executors/kubernetes/kubernetes-harness";

export interface KubernetesServerOptions {
  /** The text of an agent; absent: the real one. */
  agent?: string;
  /** Containers have mounts of their own: needs bubblewrap. */
  mounts?: boolean;
  /** A folder of bundled programs; absent: those that were built. */
  programs?: string;
  /** Of `until`, below what its test may take: 90 s by default. */
  patienceMs?: number;
  /** More of the environment, given the harness's folder. */
  env?(folder: string): Record<string, string>;
}

/** The whole server with a cluster that stands in. */
export interface KubernetesServer {
  /** Of this harness alone; its data folder is `data`. */
  folder: string;
  cluster: ClusterStandIn;
  services(): RunningServices["services"];
  /** Ends the server and starts one on the same data and port. */
  restart(): Promise<void>;
  /** The run, once `holds`; throws with what it looks like when patience ends. */
  until(runId: string, holds: (run: RunState) => boolean): Promise<RunState>;
  dispose(): Promise<void>;
}

const PATIENCE_MS = 90_000;
const source = fileURLToPath(new URL("..", import.meta.url));

export async function createKubernetesServer(options: KubernetesServerOptions = {}): Promise<KubernetesServer> {
  const folder = await mkdtemp(join(tmpdir(), "aid-ks-"));
  let cluster: ClusterStandIn | undefined;
  async function cleanUp(): Promise<void> {
    vi.unstubAllEnvs();
    await cluster?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
  try {
    cluster = new ClusterStandIn(await bundlePodProgram(folder, options.agent), options.mounts);
    await cluster.listen();
    return await startServer(folder, cluster, { ...options, cleanUp });
  } catch (error) {
    // Nobody gets what would dispose of it.
    await cleanUp();
    throw error;
  }
}

async function startServer(
  folder: string,
  cluster: ClusterStandIn,
  options: KubernetesServerOptions & { cleanUp(): Promise<void> },
): Promise<KubernetesServer> {
  await writeFile(join(folder, "kubeconfig"), cluster.config().exportConfig());
  vi.stubEnv("KUBECONFIG", join(folder, "kubeconfig"));
  const port = await freePort();
  const env = readEnv({
    AIDEATOR_DATA_DIR: join(folder, "data"),
    AIDEATOR_EXECUTOR: "kubernetes",
    AIDEATOR_AGENT_IMAGE: "agent:1",
    AIDEATOR_GATEWAY_PORT: String(port),
    AIDEATOR_GATEWAY_URL: `http://127.0.0.1:${port}`,
    AIDEATOR_LOG_LEVEL: "silent",
    ...options.env?.(folder),
  } as unknown as NodeJS.ProcessEnv);
  const root = options.programs === undefined ? source : rootWith(options.programs, join(folder, "root"));
  let server = await createServices(env, root, "0.0.0");

  async function until(runId: string, holds: (run: RunState) => boolean): Promise<RunState> {
    const deadline = performance.now() + (options.patienceMs ?? PATIENCE_MS);
    for (;;) {
      const run = await server.services.runs.get(runId);
      if (holds(run)) return run;
      if (performance.now() > deadline) {
        const { status, setup, checks, variations } = run;
        const ends = variations.map(({ status, failure }) => ({ status, failure }));
        throw new Error(`waited in vain: ${JSON.stringify({ status, ends, setup, checks }).slice(0, 6_000)}`);
      }
      await pause(50);
    }
  }

  return {
    folder,
    cluster,
    services: () => server.services,
    async restart() {
      await server.drain();
      server = await createServices(env, root, "0.0.0");
    },
    until,
    async dispose() {
      try {
        await server.drain();
      } finally {
        await options.cleanUp();
      }
    },
  };
}

/** A folder like the source's, with these programs in the place of the built ones. */
function rootWith(programs: string, root: string): string {
  mkdirSync(root);
  for (const name of ["prisma", "sample", "docs"]) symlinkSync(join(source, name), join(root, name));
  symlinkSync(programs, join(root, "dist"));
  return root;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
