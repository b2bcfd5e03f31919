import type { SandboxMeasure, SandboxReport } from "../executor";
import { type ClusterApi, ClusterError } from "./cluster-api";
import type { KubernetesSettings } from "./kubernetes-settings";
import { refusal } from "./pod-failure";

/** What the cluster is asked to enforce, and whether its API answers this server now. Network policies are the cluster's: not known from here. */
export async function clusterReport(api: ClusterApi, settings: KubernetesSettings): Promise<SandboxReport> {
  const { namespace, runtimeClassName, resources, gatewayUrl } = settings;
  const trouble = await reach(api, namespace);
  const enforced = (name: string, how: string): SandboxMeasure => ({ name, inForce: true, how });
  const runtime = runtimeClassName ?? "the cluster's default runtime";
  return {
    isolated: true,
    summary: `Kubernetes · namespace ${namespace} · ${runtime} · not root · no capabilities`,
    cluster: trouble === undefined,
    measures: [
      { name: "Cluster", inForce: trouble === undefined, how: trouble?.text ?? `The API server answers for namespace ${namespace}.` },
      enforced("Own files", "A container of its own with a read-only root; its tree is fetched from the gateway."),
      enforced("Own processes", "A pod of its own."),
      enforced("Rights", "No root, no capabilities, no new privileges, seccomp RuntimeDefault, no service account token."),
      enforced("Memory", `${resources.memoryLimit} per pod.`),
      {
        name: "Network",
        inForce: false,
        how: `Only a NetworkPolicy of the cluster can limit pods to DNS and ${gatewayUrl}; this server cannot see whether there is one.`,
      },
    ],
    ...(trouble === undefined ? {} : { remedy: trouble.remedy }),
  };
}

async function reach(api: ClusterApi, namespace: string): Promise<{ text: string; remedy: string } | undefined> {
  try {
    await api.call("GET", `/apis/batch/v1/namespaces/${namespace}/jobs`, { query: { limit: "1" }, signal: AbortSignal.timeout(3_000) });
    return undefined;
  } catch (error) {
    const status = error instanceof ClusterError ? error.status : 0;
    const { message, remedy, detail } = refusal(status, error instanceof Error ? error.message : String(error));
    return { text: `${message} ${detail ?? ""}`.trim(), remedy };
  }
}
