import type { V1Container, V1Job, V1PodSpec, V1ResourceRequirements, V1Secret, V1Volume } from "@kubernetes/client-node";
import type { KubernetesSettings } from "./kubernetes-settings";
import { type PodConfig, type PodWork, shownFolders } from "./pod-config";
import { POD_PATHS } from "./pod-paths";

/** All that this server makes in a namespace carries it: watches, clean-up and network policies select by it. */
export const APP_LABEL = "aideator-agent";
export const CONTAINER = "agent";
/** The one user of the image; nothing in the pod is root. */
export const AGENT_UID = 10_001;
const TTL_SECONDS = 3_600;
/** Scheduling, pulling the image and fetching the base count as well. The agent ends by itself at its limit; this is for one that does not. */
const PREPARING_SECONDS = 10 * 60;
/** What a pod has to take and upload its last tree once it is told to end: a stop, an eviction, a node that is drained. */
export const GRACE_SECONDS = 30;
const DEFAULT_MINUTES = 30;
/** Beside the configuration. */
const CA_FILE = "ca.crt";
/** Of each folder of files that a set-up or check is shown: programs, certificates, or dependencies of a local checkout. */
const SHOWN_LIMIT = "4Gi";

/**
 * The Job of one attempt, set-up or check. Pure. Its pod mounts the Secret of the same name, which can only be made after it: until then the
 * kubelet waits, so that nothing runs without task and token. The spec holds no secret, no variable and nothing that differs between two starts of
 * the same attempt.
 */
export function jobSpec(name: string, work: PodWork, settings: KubernetesSettings): V1Job {
  const labels = labelsOf(work);
  const minutes = work.kind === "agent" ? (work.task.limits.minutes ?? DEFAULT_MINUTES) : work.minutes;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: settings.namespace, labels },
    spec: {
      parallelism: 1,
      completions: 1,
      // An agent that failed is a result. A second pod would start from nothing and spend money nobody asked for.
      backoffLimit: 0,
      // Without it a node that comes back late might run the agent beside its replacement.
      podReplacementPolicy: "Failed",
      ttlSecondsAfterFinished: TTL_SECONDS,
      activeDeadlineSeconds: Math.ceil(minutes * 60) + PREPARING_SECONDS,
      template: { metadata: { labels, annotations: PROTECTED }, spec: podSpec(name, shownFolders(work), settings) },
    },
  };
}

/** Only an agent belongs to one run: set-ups and results of checks are shared. */
function labelsOf(work: PodWork): Record<string, string> {
  if (work.kind === "setup") return { app: APP_LABEL, work: "setup" };
  const { runId, variation, attempt } = work.task;
  return { app: APP_LABEL, "run-id": runId, "variation-id": String(variation), "attempt-id": String(attempt) };
}

/** Autoscalers would move an agent to save a node; its work would be lost to the last snapshot. */
const PROTECTED = { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false", "karpenter.sh/do-not-disrupt": "true" };

function podSpec(name: string, shown: readonly string[], settings: KubernetesSettings): V1PodSpec {
  const { runtimeClassName, serviceAccountName, nodeSelector, tolerations, imagePullSecrets } = settings;
  return {
    restartPolicy: "Never",
    terminationGracePeriodSeconds: GRACE_SECONDS,
    // An agent that could talk to the API server could start pods.
    automountServiceAccountToken: false,
    // Otherwise addresses of all services of the namespace stand in its environment.
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: AGENT_UID,
      runAsGroup: AGENT_UID,
      // The volumes are the agent's; without it a claim belongs to root and nothing can be written.
      fsGroup: AGENT_UID,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container(shown, settings)],
    volumes: [...volumes(name, settings), ...shown.map((_, at) => ({ name: `shown-${at}`, emptyDir: { sizeLimit: SHOWN_LIMIT } }))],
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    ...(tolerations.length === 0 ? {} : { tolerations }),
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets }),
  };
}

function container(shown: readonly string[], settings: KubernetesSettings): V1Container {
  return {
    name: CONTAINER,
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    command: ["node", POD_PATHS.program],
    workingDir: POD_PATHS.work,
    env: [
      { name: "AIDEATOR_POD", value: POD_PATHS.config },
      { name: "AIDEATOR_GATEWAY", value: settings.gatewayUrl },
      { name: "HOME", value: `${POD_PATHS.work}/home` },
      ...(settings.gatewayCa === undefined ? [] : [{ name: "NODE_EXTRA_CA_CERTS", value: `${POD_PATHS.config}/${CA_FILE}` }]),
      { name: "TMPDIR", value: POD_PATHS.temporary },
      { name: "LANG", value: "C.UTF-8" },
      { name: "CI", value: "1" },
    ],
    resources: resources(settings.resources),
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    // How many lines it printed: what tells a complete log from a cut one. Never the log itself, which is not the agent's word.
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    volumeMounts: [
      { name: "work", mountPath: POD_PATHS.work },
      { name: "temporary", mountPath: POD_PATHS.temporary },
      { name: "config", mountPath: POD_PATHS.config, readOnly: true },
      ...shown.map((mountPath, at) => ({ name: `shown-${at}`, mountPath })),
    ],
  };
}

function resources({ cpuRequest, cpuLimit, memoryRequest, memoryLimit }: KubernetesSettings["resources"]): V1ResourceRequirements {
  return {
    requests: { cpu: cpuRequest, memory: memoryRequest },
    // A share of the processor is what requests are for; a limit would only throttle builds on an idle node.
    limits: { memory: memoryLimit, ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }) },
  };
}

function volumes(name: string, { workspace }: KubernetesSettings): V1Volume[] {
  const work: V1Volume =
    workspace.kind === "emptyDir"
      ? { name: "work", emptyDir: { sizeLimit: workspace.sizeLimit } }
      : {
          name: "work",
          // Owned by the pod: it goes when the pod goes.
          ephemeral: {
            volumeClaimTemplate: {
              spec: {
                accessModes: ["ReadWriteOnce"],
                resources: { requests: { storage: workspace.size } },
                ...(workspace.storageClass === undefined ? {} : { storageClassName: workspace.storageClass }),
              },
            },
          },
        };
  return [
    work,
    { name: "temporary", emptyDir: { sizeLimit: "2Gi" } },
    // 0440 with fsGroup: the agent's user reads it, nobody writes it.
    { name: "config", secret: { secretName: name, defaultMode: 0o440 } },
  ];
}

/** The Secret beside a Job, owned by it: whoever deletes the Job deletes the token. `jobUid` is known only once the Job is there; `ca`: the text of `settings.gatewayCa`. */
export function tokenSecret(name: string, config: PodConfig, jobUid: string, { namespace }: KubernetesSettings, ca?: string): V1Secret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "Opaque",
    metadata: {
      name,
      namespace,
      labels: labelsOf(config.work),
      ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name, uid: jobUid }],
    },
    stringData: { "config.json": JSON.stringify(config), ...(ca === undefined ? {} : { [CA_FILE]: ca }) },
  };
}
