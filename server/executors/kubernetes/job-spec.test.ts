import { describe, expect, it } from "vitest";
import type { AttemptSpec } from "../executor";
import { jobSpec, podConfig, tokenSecret } from "./job-spec";
import { KUBERNETES_DEFAULTS, type KubernetesSettings } from "./kubernetes-settings";

const settings: KubernetesSettings = {
  ...KUBERNETES_DEFAULTS,
  namespace: "agents",
  image: "registry/agent:1",
  gatewayUrl: "http://gw:3100",
};
const attempt: AttemptSpec = {
  name: "agent-abcdefghijkl-1-2",
  mirrorPath: "/data/mirror.git",
  baseCommit: "b".repeat(40),
  token: "a-secret-token",
  environment: { variables: { API_KEY: "a-project-secret" }, path: ["/p"] },
  images: [{ hostPath: "/data/images/0", mediaType: "image/png" }],
  task: {
    runId: "abcdefghijkl",
    variation: 1,
    attempt: 2,
    prompt: "do",
    model: "demo",
    limits: { minutes: 20 },
    workspace: "/workspace",
    commandsAllowed: true,
  },
};
const podOf = (more: Partial<KubernetesSettings> = {}) => {
  const spec = jobSpec(attempt, { ...settings, ...more }).spec?.template.spec;
  if (spec === undefined) throw new Error("no pod");
  return spec;
};

describe("jobSpec", () => {
  it("is found by name and labels, runs once, and is removed an hour after its end", () => {
    const job = jobSpec(attempt, settings);
    const labels = { app: "aideator-agent", "run-id": "abcdefghijkl", "variation-id": "1", "attempt-id": "2" };
    expect(job.metadata).toMatchObject({
      name: "agent-abcdefghijkl-1-2",
      namespace: "agents",
      labels,
    });
    expect(job.spec).toMatchObject({
      backoffLimit: 0,
      parallelism: 1,
      completions: 1,
      ttlSecondsAfterFinished: 3600,
      podReplacementPolicy: "Failed",
    });
    expect(job.spec?.template.metadata?.labels).toEqual(labels);
    expect(podOf().restartPolicy).toBe("Never");
  });

  it("has a deadline behind the agent's own limit", () => {
    expect(jobSpec(attempt, settings).spec?.activeDeadlineSeconds).toBe(20 * 60 + 600);
    const open = { ...attempt, task: { ...attempt.task, limits: {} } };
    expect(jobSpec(open, settings).spec?.activeDeadlineSeconds).toBe(30 * 60 + 600);
  });

  it("gives the agent no rights: not root, nothing to write but its volumes, no capability, no API token", () => {
    const pod = podOf();
    expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(pod.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(pod.containers).toHaveLength(1);
    expect(pod.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    for (const key of ["hostNetwork", "hostPID", "hostIPC", "serviceAccountName"]) expect(pod).not.toHaveProperty(key);
  });

  it("reads its task and token from a Secret of its own name, and holds neither itself", () => {
    expect(podOf().volumes).toContainEqual({ name: "config", secret: { secretName: attempt.name, defaultMode: 0o440 } });
    const text = JSON.stringify(jobSpec(attempt, settings));
    for (const secret of [attempt.token, "a-project-secret", attempt.task.prompt + '"']) expect(text).not.toContain(secret);
  });

  it("is the same for every start of an attempt", () => {
    expect(jobSpec({ ...attempt, token: "another" } as AttemptSpec, settings)).toEqual(jobSpec(attempt, settings));
  });

  it("asks for what it needs, and limits memory but not the processor unless told", () => {
    expect(podOf().containers[0]?.resources).toEqual({ requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "4Gi" } });
    const given = podOf({ resources: { cpuRequest: "1", cpuLimit: "2", memoryRequest: "2Gi", memoryLimit: "8Gi" } });
    expect(given.containers[0]?.resources?.limits).toEqual({ memory: "8Gi", cpu: "2" });
  });

  it("works on a bounded emptyDir, or on a claim that goes with the pod", () => {
    expect(podOf().volumes?.[0]).toEqual({ name: "work", emptyDir: { sizeLimit: "10Gi" } });
    const claim = podOf({ workspace: { kind: "claim", size: "50Gi", storageClass: "fast" } }).volumes?.[0];
    expect(claim?.ephemeral?.volumeClaimTemplate?.spec).toMatchObject({
      resources: { requests: { storage: "50Gi" } },
      storageClassName: "fast",
    });
    expect(podOf({ workspace: { kind: "claim", size: "50Gi" } }).volumes?.[0]?.ephemeral?.volumeClaimTemplate?.spec).not.toHaveProperty(
      "storageClassName",
    );
  });

  it("names runtime class, nodes, tolerations and pull secrets only where they are given", () => {
    for (const key of ["runtimeClassName", "serviceAccountName", "nodeSelector", "tolerations", "imagePullSecrets"])
      expect(podOf()).not.toHaveProperty(key);
    const given = {
      runtimeClassName: "gvisor",
      serviceAccountName: "agents",
      nodeSelector: { pool: "agents" },
      tolerations: [{ key: "agents", operator: "Exists" }],
      imagePullSecrets: [{ name: "registry" }],
    };
    expect(podOf(given)).toMatchObject(given);
  });
});

describe("tokenSecret", () => {
  it("goes with the Job, and holds task, token and the project's variables", () => {
    const secret = tokenSecret(attempt.name, podConfig(attempt), "uid-1", settings);
    expect(secret.metadata?.ownerReferences).toEqual([{ apiVersion: "batch/v1", kind: "Job", name: attempt.name, uid: "uid-1" }]);
    const config = JSON.parse(secret.stringData?.["config.json"] ?? "");
    expect(config).toMatchObject({
      token: "a-secret-token",
      baseCommit: attempt.baseCommit,
      environment: { variables: { API_KEY: "a-project-secret" }, path: ["/p"] },
      task: { prompt: "do", workspace: "/workspace/tree", images: [{ path: "/workspace/images/0", mediaType: "image/png" }] },
    });
  });
});
