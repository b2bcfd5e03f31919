import type { V1LocalObjectReference, V1Toleration } from "@kubernetes/client-node";

/** Where the tree of an attempt lies in its pod. */
export type WorkspaceVolume =
  | { kind: "emptyDir"; sizeLimit: string }
  /** A claim of its own per attempt, which goes with the pod; for trees that no node has room for. */
  | { kind: "claim"; size: string; storageClass?: string };

/** What an operator decides about agents' pods. Quantities are Kubernetes' own (`500m`, `2Gi`). */
export interface KubernetesSettings {
  namespace: string;
  /** Holds Node.js, git, bash and, below `/opt/aideator`, the bundles `pod.mjs` and `agent.mjs` of this version. */
  image: string;
  imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  imagePullSecrets: V1LocalObjectReference[];
  /** The gateway as pods reach it, `http(s)://host:port`. */
  gatewayUrl: string;
  /** A file with the certificates that pods are to trust the gateway by; absent: those of the image. */
  gatewayCa?: string;
  resources: { cpuRequest: string; cpuLimit?: string; memoryRequest: string; memoryLimit: string };
  workspace: WorkspaceVolume;
  /** Of a sandboxed runtime such as gVisor or Kata. */
  runtimeClassName?: string;
  /** An account without rights; absent: the namespace's default. No pod holds its token either way. */
  serviceAccountName?: string;
  nodeSelector: Record<string, string>;
  tolerations: V1Toleration[];
}

/** What stands in where an operator says nothing. */
export const KUBERNETES_DEFAULTS: Omit<KubernetesSettings, "namespace" | "image" | "gatewayUrl"> = {
  imagePullPolicy: "IfNotPresent",
  imagePullSecrets: [],
  resources: { cpuRequest: "500m", memoryRequest: "1Gi", memoryLimit: "4Gi" },
  workspace: { kind: "emptyDir", sizeLimit: "10Gi" },
  nodeSelector: {},
  tolerations: [],
};
