import { createFaultClient, type FaultClient } from "../faults/fault-client";
import { startServer, type TestServer } from "../server";
import type { DisposableCluster } from "./disposable-cluster";
import { createRunFollower, type RunFollower } from "./follow-run";

/** The built server with the account of the suite's namespace. */
export interface ClusterServer {
  server: TestServer;
  api: FaultClient;
  run: RunFollower["run"];
  close(): Promise<void>;
}

export interface ServerOptions {
  scripts: string;
  /** Tells a server from another that is set up alike. */
  name?: string;
  /** Instead of the cluster's own address. */
  apiServer?: string;
  env?: Record<string, string>;
}

/** Agents ask for little, so that five fit on a small node. */
export async function openClusterServer(
  cluster: DisposableCluster,
  { scripts, apiServer, env = {} }: ServerOptions,
): Promise<ClusterServer> {
  const server = await startServer({
    KUBECONFIG: await cluster.kubeconfig(apiServer),
    AIDEATOR_EXECUTOR: "kubernetes",
    AIDEATOR_SCRIPTS: scripts,
    AIDEATOR_MAX_RUNNING: "6",
    AIDEATOR_K8S_NAMESPACE: cluster.namespace,
    AIDEATOR_AGENT_IMAGE: cluster.image,
    AIDEATOR_GATEWAY_URL: cluster.gatewayUrl,
    AIDEATOR_GATEWAY_PORT: new URL(cluster.gatewayUrl).port || "80",
    AIDEATOR_K8S_CPU: "50m",
    AIDEATOR_K8S_MEMORY_REQUEST: "64Mi",
    AIDEATOR_K8S_MEMORY: "1Gi",
    ...env,
  });
  const api = createFaultClient(server.url);
  const follower = createRunFollower({ url: server.url, api, output: server.output });
  return {
    server,
    api,
    run: follower.run,
    async close() {
      follower.close();
      await server.dispose();
    },
  };
}
