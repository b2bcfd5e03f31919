import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Deployment, deploymentMissing, openDeployment } from "./deployment";
import { type MarkedCluster, openMarkedCluster, setting } from "./marked-cluster";
import { askPod, connectScript, listenScript, runningPod } from "./probe-pods";

/** For how long a new pod tries, so that the network has taken up its policies. */
const SETTLE_S = 20;
const PORT = 8080;

const missing = await deploymentMissing();

describe.skipIf(missing !== undefined)(missing === undefined ? "policies" : `policies (skipped: ${missing})`, () => {
  let enforced = false;
  let deployment: Deployment;
  const image = (): string => setting("AIDEATOR_CLUSTER_IMAGE");
  beforeAll(async () => {
    enforced = await enforcesPolicies(await openMarkedCluster());
    if (enforced) deployment = await openDeployment();
  }, 400_000);
  afterAll(() => deployment?.close(), 180_000);

  it("let an agent reach names and the gateway, and neither the API server, the pages nor another pod", async (context) => {
    if (!enforced) return context.skip("this cluster's network enforces no NetworkPolicy");
    const { admin, namespace, agentsNamespace, services } = deployment;
    const other = await runningPod(admin, namespace, { name: "other", image: image(), script: listenScript(PORT) });
    const closed = ["kubernetes.default:443", services.pages, `${other}:${PORT}`];
    const script = connectScript([services.gateway, ...closed], SETTLE_S);
    // The same from a pod that no policy is about, or "closed" would say nothing.
    const free = await askPod(admin, namespace, { name: "free", image: image(), script });
    expect(JSON.parse(free)).toEqual({ ...all(closed, "open"), [services.gateway]: "closed" });
    const agent = await askPod(admin, agentsNamespace, { name: "agent", labels: { app: "aideator-agent" }, image: image(), script });
    expect(JSON.parse(agent)).toEqual({ ...all(closed, "closed"), [services.gateway]: "open" });
  }, 180_000);

  it("let nobody reach an agent", async (context) => {
    if (!enforced) return context.skip("this cluster's network enforces no NetworkPolicy");
    const { admin, namespace, agentsNamespace } = deployment;
    const labels = { app: "aideator-agent" };
    const address = await runningPod(admin, agentsNamespace, { name: "reached", labels, image: image(), script: listenScript(PORT) });
    const target = `${address}:${PORT}`;
    const answer = await askPod(admin, namespace, { name: "reaching", image: image(), script: connectScript([target], SETTLE_S) });
    expect(JSON.parse(answer)).toEqual({ [target]: "closed" });
  }, 180_000);

  it("let a run go to its end", async (context) => {
    if (!enforced) return context.skip("this cluster's network enforces no NetworkPolicy");
    const { run } = await (await deployment.run(["brief"])).judge();
    expect(run.status).toBe("completed");
  }, 180_000);
});

/** Found out by two pods: one that may send nothing tries to reach another, which it reaches where policies are only kept. */
async function enforcesPolicies({ admin }: MarkedCluster): Promise<boolean> {
  const namespace = `aideator-test-${randomBytes(4).toString("hex")}`;
  const image = setting("AIDEATOR_CLUSTER_IMAGE");
  await admin.call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  try {
    await admin.call("POST", `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`, {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "silence" },
      spec: { podSelector: { matchLabels: { may: "nothing" } }, policyTypes: ["Egress"], egress: [] },
    });
    const target = `${await runningPod(admin, namespace, { name: "listener", image, script: listenScript(PORT) })}:${PORT}`;
    const script = connectScript([target], SETTLE_S);
    const [free, silent] = await Promise.all([
      askPod(admin, namespace, { name: "free", image, script }),
      askPod(admin, namespace, { name: "silent", labels: { may: "nothing" }, image, script }),
    ]);
    if ((JSON.parse(free) as Record<string, string>)[target] !== "open") throw new Error("Pods of this cluster cannot reach each other.");
    return (JSON.parse(silent) as Record<string, string>)[target] === "closed";
  } finally {
    await admin.patient("DELETE", `/api/v1/namespaces/${namespace}`);
  }
}

function all(targets: readonly string[], word: string): Record<string, string> {
  return Object.fromEntries(targets.map((target) => [target, word]));
}
