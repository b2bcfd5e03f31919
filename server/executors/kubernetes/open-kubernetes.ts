import type { KubeConfig } from "@kubernetes/client-node";

/**
 * The cluster of `KUBECONFIG`, `~/.kube/config` or the pod's own service account, in this order. Loaded only where agents work in a cluster:
 * the client costs every start a quarter of a second and 40 MB.
 */
export async function loadClusterConfig(): Promise<KubeConfig> {
  const client = await import("@kubernetes/client-node");
  const config = new client.KubeConfig();
  config.loadFromDefault();
  return config;
}
