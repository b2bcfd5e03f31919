import type { CoreV1Event, V1ContainerStatus, V1Job, V1Pod } from "@kubernetes/client-node";
import type { Failure } from "@/lib/run/failures";
import { CONTAINER } from "./job-spec";

/** What is looked at of an event. */
export type ClusterEvent = Pick<CoreV1Event, "reason" | "message" | "type">;

const KEPT = "What it had uploaded is kept: open the diff, or run again.";
const OPERATOR = "This is for whoever runs the cluster; then run again.";

/** Waiting reasons that do not heal by waiting: the image's name or its registry is wrong. */
const IMAGE_REASONS = new Set(["ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"]);
const CONFIG_REASONS = new Set(["CreateContainerConfigError", "CreateContainerError", "RunContainerError"]);
/** Pod-level words for "its node is gone" (kubelet, node life-cycle controller, pod garbage collector). */
const NODE_REASONS = new Set(["NodeLost", "NodeShutdown", "Terminated", "DeletionByTaintManager", "DeletionByPodGC"]);

/**
 * Why an attempt's pod cannot work or has not ended well: cause and remedy for people. Pure. Undefined while nothing speaks against it, and
 * for a container that ended by itself, whose exit code is the agent's own word. What is more exact comes first: a container's end before the
 * pod's, the pod's before the Job's. `pod` is absent where none was made, `job` where it was deleted.
 */
export function podFailure(pod: V1Pod | undefined, job: V1Job | undefined, events: readonly ClusterEvent[] = []): Failure | undefined {
  return (
    containerFailure(agentStatus(pod)) ??
    evicted(pod) ??
    nodeFailure(pod) ??
    jobFailure(job) ??
    deleted(pod, job) ??
    pendingFailure(pod, job, events)
  );
}

/** The agent's container, where the kubelet has said something of it. */
export function agentStatus(pod: V1Pod | undefined): V1ContainerStatus | undefined {
  return pod?.status?.containerStatuses?.find(({ name }) => name === CONTAINER);
}

function containerFailure(status: V1ContainerStatus | undefined): Failure | undefined {
  const { terminated } = status?.state ?? {};
  // containerd says OOMKilled of the container when any process in it was: with code 0 the agent lived through it.
  if (terminated?.reason === "OOMKilled" && terminated.exitCode !== 0) return outOfMemory();
  if (terminated?.reason === "ContainerCannotRun" || terminated?.reason === "StartError") {
    return failure(
      "sandbox",
      "The agent's container could not be started.",
      `Check AIDEATOR_AGENT_IMAGE and the runtime class. ${OPERATOR}`,
      terminated.message,
    );
  }
  if (terminated?.reason === "ContainerStatusUnknown") return lostNode(terminated.message);
  return undefined;
}

function outOfMemory(): Failure {
  return failure(
    "out_of_memory",
    "The pod needed more memory than it may have.",
    `${KEPT} If the task needs that much, ask for smaller steps or raise AIDEATOR_K8S_MEMORY.`,
  );
}

function evicted(pod: V1Pod | undefined): Failure | undefined {
  const { reason, message } = pod?.status ?? {};
  const disruption = condition(pod, "DisruptionTarget");
  if (reason === "Evicted") {
    const disk = /ephemeral-storage|EmptyDir volume|disk/i.test(message ?? "");
    return disk
      ? failure(
          "resource_limit",
          "The pod filled more of the disk than it may, so it was evicted.",
          `${KEPT} Raise AIDEATOR_K8S_WORKSPACE if the task needs more.`,
          message,
        )
      : failure("lost", "The cluster evicted the pod to save its node.", KEPT, message);
  }
  if (reason === "Preempting" || disruption?.reason === "PreemptionByScheduler") {
    return failure("lost", "A pod with a higher priority took this one's place.", KEPT, message ?? disruption?.message);
  }
  if (disruption?.reason === "EvictionByEvictionAPI") {
    return failure("lost", "The pod was evicted, as when a node is drained.", KEPT, disruption.message);
  }
  if (disruption?.reason === "TerminationByKubelet") return failure("lost", "The node ended the pod.", KEPT, disruption.message ?? message);
  return undefined;
}

function nodeFailure(pod: V1Pod | undefined): Failure | undefined {
  const { reason, message, phase } = pod?.status ?? {};
  const disruption = condition(pod, "DisruptionTarget")?.reason ?? "";
  if (NODE_REASONS.has(reason ?? "") || NODE_REASONS.has(disruption) || phase === "Unknown") return lostNode(message);
  if (reason === "NodeAffinity" || reason === "UnexpectedAdmissionError" || /^OutOf/.test(reason ?? "")) {
    return failure("sandbox", `The node would not take the pod: ${reason}.`, "Run again; another node may take it.", message);
  }
  return undefined;
}

function lostNode(detail?: string): Failure {
  return failure("lost", "The node that the agent worked on is gone, and the agent with it.", KEPT, detail);
}

function jobFailure(job: V1Job | undefined): Failure | undefined {
  const failed = job?.status?.conditions?.find(({ type, status }) => (type === "Failed" || type === "FailureTarget") && status === "True");
  if (failed?.reason === "DeadlineExceeded") {
    return failure("timeout", "The time limit of this variation was reached.", KEPT, failed.message);
  }
  return undefined;
}

function deleted(pod: V1Pod | undefined, job: V1Job | undefined): Failure | undefined {
  if (job === undefined || job.metadata?.deletionTimestamp !== undefined) {
    return failure("agent_killed", "The agent's Job was deleted in the cluster.", KEPT);
  }
  if (pod?.metadata?.deletionTimestamp !== undefined) {
    return failure("agent_killed", "The agent's pod was deleted in the cluster.", KEPT);
  }
  return undefined;
}

function pendingFailure(pod: V1Pod | undefined, job: V1Job | undefined, events: readonly ClusterEvent[]): Failure | undefined {
  const { waiting } = agentStatus(pod)?.state ?? {};
  const reason = waiting?.reason ?? "";
  if (IMAGE_REASONS.has(reason)) return imageFailure(reason, waiting?.message, events);
  if (CONFIG_REASONS.has(reason)) {
    return failure("sandbox", "The agent's container could not be set up.", OPERATOR, waiting?.message);
  }
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled?.status === "False" && scheduled.reason === "Unschedulable") {
    return failure(
      "sandbox",
      "No node of the cluster can take the pod.",
      "Wait for room, add nodes, or ask for less in AIDEATOR_K8S_CPU and AIDEATOR_K8S_MEMORY; check node selector and tolerations.",
      scheduled.message,
    );
  }
  const refused = pod === undefined && job !== undefined ? events.findLast((event) => event.reason === "FailedCreate") : undefined;
  if (refused !== undefined) return refusal(403, refused.message ?? "");
  const mount = events.findLast((event) => event.reason === "FailedMount" || event.reason === "FailedAttachVolume");
  return mount === undefined ? undefined : failure("sandbox", "The pod's volumes could not be mounted.", OPERATOR, mount.message);
}

function imageFailure(reason: string, message: string | undefined, events: readonly ClusterEvent[]): Failure {
  // While the kubelet backs off only an earlier event says what the registry answered.
  const said = [message, ...events.map((event) => (event.reason === "Failed" ? event.message : undefined))].filter(
    (text) => text !== undefined,
  );
  const detail = said.find((text) => /denied|unauthori[sz]ed|forbidden|not found|no such host|x509|timeout/i.test(text)) ?? message;
  if (reason === "InvalidImageName") {
    return failure("sandbox", "The name of the agent's image is not valid.", `Correct AIDEATOR_AGENT_IMAGE. ${OPERATOR}`, detail);
  }
  const remedy = /denied|unauthori[sz]ed|forbidden/i.test(detail ?? "")
    ? "Check AIDEATOR_AGENT_IMAGE and give the registry's credentials with AIDEATOR_K8S_PULL_SECRETS."
    : "Check that AIDEATOR_AGENT_IMAGE exists and that the nodes can reach its registry.";
  return failure("sandbox", "The agent's image cannot be pulled.", `${remedy} ${OPERATOR}`, detail);
}

/** What the API server's refusal of a Job, Secret or pod means. `status` is the HTTP status. */
export function refusal(status: number, message: string): Failure {
  if (/exceeded quota|must specify (limits|requests)/i.test(message)) {
    return failure(
      "resource_limit",
      "The namespace's quota has no room for another agent.",
      "Wait until others have ended, or raise the ResourceQuota.",
      message,
    );
  }
  if (status === 401)
    return failure(
      "sandbox",
      "The cluster does not know this server's credentials.",
      `Renew the kubeconfig or the service account. ${OPERATOR}`,
      message,
    );
  if (/violates PodSecurity|admission webhook|is forbidden: .*(maximum|minimum) /i.test(message)) {
    return failure("sandbox", "A rule of the cluster refuses the agent's pod.", OPERATOR, message);
  }
  if (status === 403) {
    return failure(
      "sandbox",
      "This server may not do that in the cluster.",
      `Give its service account the Role in docs/configuration.md. ${OPERATOR}`,
      message,
    );
  }
  if (status === 404)
    return failure("sandbox", "The cluster knows no such namespace.", `Check AIDEATOR_K8S_NAMESPACE. ${OPERATOR}`, message);
  if (status === 422 || status === 400)
    return failure("sandbox", "The cluster takes the agent's Job for invalid.", `Check the AIDEATOR_K8S_ settings. ${OPERATOR}`, message);
  return failure("sandbox", "The cluster's API server does not answer.", "Check that it can be reached, then run again.", message);
}

/** A Job for which no pod is made, and nothing that this server may read says why. */
export function noPod(name: string): Failure {
  return failure(
    "resource_limit",
    "The cluster makes no pod for the agent's Job.",
    `Look at its events (kubectl describe job ${name}) and at the namespace's ResourceQuota, LimitRange and admission rules. ${OPERATOR}`,
  );
}

/** A set-up or a check that the pod's program ended, or could not begin. */
export function endedByProgram(cause: "timeout" | "unprepared"): Failure {
  if (cause === "timeout") return failure("timeout", "It took longer than it may.", "Give it more minutes, or make it faster.");
  return failure("prepare_failed", "What it needs could not be fetched into its pod.", "Look at the end of its output, and run it again.");
}

/** A stop that a person asked for. */
export function stopped(): Failure {
  return failure("agent_killed", "The agent was stopped.", KEPT);
}

/** The Job went an hour ago, or with its namespace, before anybody read how it ended. */
export function nothingLeft(): Failure {
  return failure("lost", "Nothing is left of this agent's Job.", KEPT);
}

function condition(pod: V1Pod | undefined, type: string) {
  return pod?.status?.conditions?.find((one) => one.type === type);
}

function failure(code: Failure["code"], message: string, remedy: string, detail?: string): Failure {
  return { code, message, remedy, ...(detail === undefined || detail === "" ? {} : { detail: detail.slice(0, 2_000) }) };
}
