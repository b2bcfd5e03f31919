import { setTimeout as wait } from "node:timers/promises";
import type { KubeConfig, V1Pod } from "@kubernetes/client-node";
import { loadClusterConfig } from "@/server/executors/kubernetes/open-kubernetes";
import { type AdminApi, AdminError, createAdminApi } from "./admin-api";

/** Whoever makes this ConfigMap says that the cluster may be broken. */
const MARK = "/api/v1/namespaces/kube-system/configmaps/aideator-disposable";
const MARK_COMMAND = "kubectl --namespace kube-system create configmap aideator-disposable";

/** What the suite has to be told, and how to say it. */
const SETTINGS = {
  AIDEATOR_CLUSTER_IMAGE: "the image of agents, as nodes can get it",
  AIDEATOR_CLUSTER_SERVER_IMAGE: "the image of the server, as nodes can get it",
  AIDEATOR_CLUSTER_GATEWAY: "http://HOST:PORT at which pods reach a port of this machine",
};

/** The cluster that `KUBECONFIG` names, with the rights of whoever runs the suite. */
export interface MarkedCluster {
  config: KubeConfig;
  admin: AdminApi;
  version: string;
}

/** Refused unless it is marked as disposable. */
export async function openMarkedCluster(): Promise<MarkedCluster> {
  const config = await loadClusterConfig();
  const admin = createAdminApi(config);
  await admin.call("GET", MARK).catch((error: unknown) => {
    if (!(error instanceof AdminError) || error.status !== 404) throw error;
    throw new Error(`This suite breaks what it finds, and ${config.currentContext} is not marked as disposable. If it is: ${MARK_COMMAND}`);
  });
  const { gitVersion } = await admin.call<{ gitVersion: string }>("GET", "/version");
  return { config, admin, version: gitVersion };
}

/** An error names the variable and what it means. */
export function setting(name: keyof typeof SETTINGS): string {
  const value = process.env[name];
  if (value !== undefined && value !== "") return value;
  throw new Error(`${name} is missing: ${SETTINGS[name]}.`);
}

/** Waits until no Job, pod or Secret of agents is left in a namespace. */
export async function emptyOfAgents(admin: AdminApi, namespace: string, timeoutMs: number): Promise<void> {
  async function left(): Promise<string[]> {
    const kinds = ["/apis/batch/v1 jobs", "/api/v1 pods", "/api/v1 secrets"].map(async (one) => {
      const [group, kind] = one.split(" ");
      const list = `${group}/namespaces/${namespace}/${kind}?labelSelector=app%3Daideator-agent`;
      const { items } = await admin.patient<{ items: V1Pod[] }>("GET", list);
      return items.map(({ metadata }) => `${kind}/${metadata?.name}`);
    });
    return (await Promise.all(kinds)).flat();
  }
  const deadline = performance.now() + timeoutMs;
  for (let names = await left(); names.length > 0; names = await left()) {
    if (performance.now() > deadline) throw new Error(`left in the cluster: ${names.join(", ")}`);
    await wait(500);
  }
}
