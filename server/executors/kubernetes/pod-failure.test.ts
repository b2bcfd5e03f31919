import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { type ClusterEvent, podFailure, refusal } from "./pod-failure";

const JOB: V1Job = { metadata: { name: "agent-x-0" } };
const terminated = (state: object): V1Pod =>
  ({ status: { containerStatuses: [{ name: "agent", state: { terminated: state } }] } }) as V1Pod;
const waiting = (reason: string, message?: string): V1Pod =>
  ({ status: { phase: "Pending", containerStatuses: [{ name: "agent", state: { waiting: { reason, message } } }] } }) as V1Pod;
const status = (given: object): V1Pod => ({ status: given }) as V1Pod;
const target = (reason: string): V1Pod => status({ phase: "Failed", conditions: [{ type: "DisruptionTarget", status: "True", reason }] });
const failedJob = (reason: string): V1Job => ({ ...JOB, status: { conditions: [{ type: "Failed", status: "True", reason }] } }) as V1Job;

const failedCreate: ClusterEvent[] = [
  {
    reason: "FailedCreate",
    message: 'Error creating: pods "agent-x-0-abc" is forbidden: exceeded quota: agents, requested: pods=1, used: pods=5',
  },
];
const unschedulable = "0/3 nodes are available: 3 Insufficient memory.";

type Row = [string, V1Pod | undefined, V1Job | undefined, ClusterEvent[], string, RegExp];
const rows: Row[] = [
  ["OOMKilled", terminated({ exitCode: 137, reason: "OOMKilled" }), JOB, [], "out_of_memory", /more memory.*AIDEATOR_K8S_MEMORY/],
  [
    "a container that cannot run",
    terminated({ exitCode: 128, reason: "ContainerCannotRun", message: "exec: node: not found" }),
    JOB,
    [],
    "sandbox",
    /could not be started.*not found/,
  ],
  ["a runtime that fails at the start", terminated({ exitCode: 128, reason: "StartError" }), JOB, [], "sandbox", /could not be started/],
  [
    "a container whose node came back without it",
    terminated({ exitCode: 137, reason: "ContainerStatusUnknown" }),
    JOB,
    [],
    "lost",
    /node .* is gone/,
  ],
  [
    "ErrImagePull",
    waiting("ErrImagePull", "manifest unknown: not found"),
    JOB,
    [],
    "sandbox",
    /cannot be pulled.*exists.*manifest unknown/,
  ],
  [
    "ImagePullBackOff with the registry's answer in an event",
    waiting("ImagePullBackOff", 'Back-off pulling image "x"'),
    JOB,
    [{ reason: "Failed", message: "pull access denied, repository does not exist" }],
    "sandbox",
    /AIDEATOR_K8S_PULL_SECRETS.*access denied/,
  ],
  ["InvalidImageName", waiting("InvalidImageName"), JOB, [], "sandbox", /not valid.*AIDEATOR_AGENT_IMAGE/],
  ["ErrImageNeverPull", waiting("ErrImageNeverPull"), JOB, [], "sandbox", /cannot be pulled/],
  ["RegistryUnavailable", waiting("RegistryUnavailable"), JOB, [], "sandbox", /cannot be pulled/],
  ["CreateContainerConfigError", waiting("CreateContainerConfigError", "secret not found"), JOB, [], "sandbox", /set up.*secret not found/],
  ["CreateContainerError", waiting("CreateContainerError"), JOB, [], "sandbox", /set up/],
  ["RunContainerError", waiting("RunContainerError"), JOB, [], "sandbox", /set up/],
  [
    "eviction for memory",
    status({ phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory." }),
    JOB,
    [],
    "lost",
    /evicted.*low on resource: memory/,
  ],
  [
    "eviction for the workspace",
    status({ phase: "Failed", reason: "Evicted", message: 'Usage of EmptyDir volume "work" exceeds the limit "10Gi".' }),
    JOB,
    [],
    "resource_limit",
    /disk.*AIDEATOR_K8S_WORKSPACE/,
  ],
  ["preemption", target("PreemptionByScheduler"), JOB, [], "lost", /higher priority/],
  ["a drained node", target("EvictionByEvictionAPI"), JOB, [], "lost", /drained/],
  ["an end by the kubelet", target("TerminationByKubelet"), JOB, [], "lost", /node ended/],
  ["a node that is gone (taint)", target("DeletionByTaintManager"), JOB, [], "lost", /node .* is gone/],
  ["a node that is gone (collected)", target("DeletionByPodGC"), JOB, [], "lost", /node .* is gone/],
  ["NodeLost", status({ phase: "Failed", reason: "NodeLost" }), JOB, [], "lost", /node .* is gone/],
  ["a shut down node", status({ phase: "Failed", reason: "NodeShutdown" }), JOB, [], "lost", /node .* is gone/],
  ["an unknown phase", status({ phase: "Unknown" }), JOB, [], "lost", /node .* is gone/],
  ["a node that refuses", status({ phase: "Failed", reason: "OutOfmemory" }), JOB, [], "sandbox", /would not take/],
  ["the Job's deadline", undefined, failedJob("DeadlineExceeded"), [], "timeout", /time limit/],
  ["a Job deleted by hand", status({ phase: "Running" }), undefined, [], "agent_killed", /Job was deleted/],
  [
    "a Job that is being deleted",
    status({ phase: "Running" }),
    { ...JOB, metadata: { deletionTimestamp: new Date(0) } },
    [],
    "agent_killed",
    /Job was deleted/,
  ],
  ["a pod deleted by hand", { metadata: { deletionTimestamp: new Date(0) } }, JOB, [], "agent_killed", /pod was deleted/],
  [
    "no node",
    status({ phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: unschedulable }] }),
    JOB,
    [],
    "sandbox",
    /No node.*Insufficient memory/,
  ],
  ["a quota that refuses the pod", undefined, JOB, failedCreate, "resource_limit", /quota.*exceeded quota/],
  ["a volume", status({ phase: "Pending" }), JOB, [{ reason: "FailedMount", message: "timed out" }], "sandbox", /mounted.*timed out/],
];

describe("podFailure", () => {
  it.each(rows)("%s", (_name, pod, job, events, code, text) => {
    const failure = podFailure(pod, job, events);
    expect(failure?.code).toBe(code);
    expect([failure?.message, failure?.remedy, failure?.detail].join(" ")).toMatch(text);
    expect(failure?.remedy).not.toBe("");
  });

  it.each([
    ["a running pod", status({ phase: "Running" }), JOB],
    ["a pod on its way", waiting("ContainerCreating"), JOB],
    ["a pod that waits for a place, without a verdict yet", status({ phase: "Pending" }), JOB],
    ["a Job without a pod yet", undefined, JOB],
    ["an agent that ended well", terminated({ exitCode: 0, reason: "Completed" }), JOB],
    ["an agent that ended badly by itself", terminated({ exitCode: 3, reason: "Error" }), failedJob("BackoffLimitExceeded")],
    // containerd keeps the word when a test of the agent was killed for memory and the agent went on.
    ["an agent that outlived a process killed for memory", terminated({ exitCode: 0, reason: "OOMKilled" }), JOB],
  ])("says nothing of %s", (_name, pod, job) => {
    expect(podFailure(pod as V1Pod | undefined, job as V1Job)).toBeUndefined();
  });

  it("prefers the container's word to the Job's", () => {
    const pod = terminated({ exitCode: 137, reason: "OOMKilled" });
    expect(podFailure(pod, failedJob("DeadlineExceeded"))?.code).toBe("out_of_memory");
  });
});

describe("refusal", () => {
  it.each([
    [403, 'jobs.batch "a" is forbidden: exceeded quota: agents', "resource_limit", /quota/],
    [403, 'pods "a" is forbidden: failed quota: q: must specify limits.cpu', "resource_limit", /quota/],
    [403, 'jobs.batch is forbidden: User "x" cannot create resource "jobs"', "sandbox", /may not.*Role/],
    [403, 'pods "a" is forbidden: violates PodSecurity "restricted:latest"', "sandbox", /rule of the cluster/],
    [400, 'admission webhook "policy" denied the request', "sandbox", /rule of the cluster/],
    [401, "Unauthorized", "sandbox", /credentials/],
    [404, 'namespaces "x" not found', "sandbox", /AIDEATOR_K8S_NAMESPACE/],
    [422, "Job.batch is invalid", "sandbox", /invalid.*AIDEATOR_K8S_/],
    [0, "connect ECONNREFUSED", "sandbox", /does not answer/],
  ])("%i %s", (code, message, category, text) => {
    const failure = refusal(code, message);
    expect(failure.code).toBe(category);
    expect(`${failure.message} ${failure.remedy}`).toMatch(text);
    expect(failure.detail).toBe(message);
  });
});
