import { describe, expect, it } from "vitest";
import type { AttemptSpec, SetupSpec } from "../executor";
import { jobSpec, tokenSecret } from "./job-spec";
import { KUBERNETES_DEFAULTS, type KubernetesSettings } from "./kubernetes-settings";
import { agentConfig, type PodWork, setupConfig } from "./pod-config";

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
const work: PodWork = { kind: "agent", task: attempt.task };
const check: SetupSpec = {
  name: "agent-check-0123456789",
  mirrorPath: "/data/mirror.git",
  baseCommit: "b".repeat(40),
  environment: { variables: { API_KEY: "a-project-secret", BOTH: "project" }, path: ["/p"], dependencies: "/data/environments/x" },
  setup: {
    command: "npm test --secret",
    variables: { BOTH: "set-up" },
    proxySocket: "/data/egress/1/proxy.sock",
    shown: [
      { from: "/data/job.json", to: "/opt/aideator/check/job.json" },
      { from: "/data/check.mjs", to: "/opt/aideator/check/check.mjs" },
      { from: "/home/me/shop/node_modules", to: "/seed/0" },
    ],
    reports: "/tmp/check-reports",
    minutes: 5,
  },
};
const checkConfig = setupConfig(check, [false, false, true], "a-check-token");
const podOf = (more: Partial<KubernetesSettings> = {}) => {
  const spec = jobSpec(attempt.name, work, { ...settings, ...more }).spec?.template.spec;
  if (spec === undefined) throw new Error("no pod");
  return spec;
};

describe("jobSpec", () => {
  it("is found by name and labels, runs once, and is removed an hour after its end", () => {
    const job = jobSpec(attempt.name, work, settings);
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
    expect(jobSpec(attempt.name, work, settings).spec?.activeDeadlineSeconds).toBe(20 * 60 + 600);
    const open: PodWork = { kind: "agent", task: { ...attempt.task, limits: {} } };
    expect(jobSpec(attempt.name, open, settings).spec?.activeDeadlineSeconds).toBe(30 * 60 + 600);
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
    const text = JSON.stringify(jobSpec(attempt.name, work, settings));
    for (const secret of [attempt.token, "a-project-secret", attempt.task.prompt + '"']) expect(text).not.toContain(secret);
  });

  it("runs a check with the same rights and limits, its files in volumes of their own, and without a word of what it runs", () => {
    const job = jobSpec(check.name, checkConfig.work, settings);
    expect(job.metadata?.labels).toEqual({ app: "aideator-agent", work: "setup" });
    expect(job.spec?.activeDeadlineSeconds).toBe(5 * 60 + 600);
    const pod = job.spec?.template.spec;
    const { volumeMounts, ...container } = pod?.containers[0] ?? {};
    const { volumeMounts: agents, ...agent } = podOf().containers[0] ?? {};
    expect(container).toEqual(agent);
    expect(pod?.securityContext).toEqual(podOf().securityContext);
    expect(volumeMounts).toEqual([
      ...(agents ?? []),
      { name: "shown-0", mountPath: "/opt/aideator/check" },
      { name: "shown-1", mountPath: "/seed" },
    ]);
    for (const secret of ["npm test", "a-check-token", "a-project-secret", "API_KEY"]) expect(JSON.stringify(job)).not.toContain(secret);
  });

  it("names the gateway's authority only where there is one, and holds it in the Secret", () => {
    const names = (more: Partial<KubernetesSettings>) => podOf(more).containers[0]?.env?.map(({ name }) => name);
    expect(names({})).not.toContain("NODE_EXTRA_CA_CERTS");
    expect(podOf({ gatewayCa: "/tls/ca.crt" }).containers[0]?.env).toContainEqual({
      name: "NODE_EXTRA_CA_CERTS",
      value: "/run/aideator/pod/ca.crt",
    });
    expect(tokenSecret(attempt.name, checkConfig, "uid-1", settings, "PEM").stringData?.["ca.crt"]).toBe("PEM");
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
    const secret = tokenSecret(attempt.name, agentConfig(attempt), "uid-1", settings);
    expect(secret.metadata?.ownerReferences).toEqual([{ apiVersion: "batch/v1", kind: "Job", name: attempt.name, uid: "uid-1" }]);
    const config = JSON.parse(secret.stringData?.["config.json"] ?? "");
    expect(config).toMatchObject({
      token: "a-secret-token",
      tree: { baseCommit: attempt.baseCommit, dependencies: false },
      environment: { variables: { API_KEY: "a-project-secret" }, path: ["/p"] },
      work: {
        kind: "agent",
        task: { prompt: "do", workspace: "/var/aideator/tree", images: [{ path: "/var/aideator/images/0", mediaType: "image/png" }] },
      },
    });
  });

  it("holds what a check runs and what it may fetch, with its own variables before the project's", () => {
    const secret = tokenSecret(check.name, checkConfig, "uid-1", settings);
    const config = JSON.parse(secret.stringData?.["config.json"] ?? "");
    expect(config).toEqual({
      token: "a-check-token",
      tree: { baseCommit: check.baseCommit, dependencies: true },
      environment: { variables: { API_KEY: "a-project-secret", BOTH: "set-up" }, path: ["/p"] },
      work: {
        kind: "setup",
        command: "npm test --secret",
        minutes: 5,
        egress: true,
        reports: "/tmp/check-reports",
        shown: [
          { to: "/opt/aideator/check/job.json", folder: false },
          { to: "/opt/aideator/check/check.mjs", folder: false },
          { to: "/seed/0", folder: true },
        ],
      },
    });
    expect(JSON.stringify(config)).not.toContain("/data/");
  });
});
