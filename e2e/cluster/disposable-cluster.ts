import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { V1Job, V1Pod } from "@kubernetes/client-node";
import type { AdminApi } from "./admin-api";
import { emptyOfAgents, openMarkedCluster, setting } from "./marked-cluster";

/** The rights of docs/configuration.md, and no more. */
export const RULES = [
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "get", "list", "watch", "delete"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: [""], resources: ["secrets"], verbs: ["create", "delete"] },
];
const EVENTS_RULE = { apiGroups: [""], resources: ["events"], verbs: ["list"] };

/** A namespace of a real cluster, with an account that has the server's rights and no others. */
export interface DisposableCluster {
  admin: AdminApi;
  namespace: string;
  version: string;
  image: string;
  /** As pods reach this machine. */
  gatewayUrl: string;
  /** A kubeconfig of the server's account. `server`: another address of the API server, without TLS. */
  kubeconfig(server?: string): Promise<string>;
  /** Whether the server may list events, too. */
  allowEvents(allowed: boolean): Promise<void>;
  jobs(): Promise<V1Job[]>;
  /** The pod of an attempt, once `holds`; an error after `timeoutMs`. */
  pod(job: string, holds?: (pod: V1Pod) => boolean, timeoutMs?: number): Promise<V1Pod>;
  /** Waits until no Job, pod or Secret of agents is left. */
  empty(timeoutMs: number): Promise<void>;
  /** Removes all Jobs. */
  clear(): Promise<void>;
  /** Path of an object or a list in the namespace: `pods/x`, `jobs/y`. */
  path(what: string): string;
  dispose(): Promise<void>;
}

/** The cluster that `KUBECONFIG` names; refused unless it is marked as disposable and the suite is told what it needs. */
export async function openDisposableCluster(): Promise<DisposableCluster> {
  const [image, gatewayUrl] = [setting("AIDEATOR_CLUSTER_IMAGE"), setting("AIDEATOR_CLUSTER_GATEWAY")];
  const { config, admin, version } = await openMarkedCluster();
  const namespace = `aideator-test-${randomBytes(4).toString("hex")}`;
  const folder = await mkdtemp(join(tmpdir(), "aid-kc-"));
  const path = (what: string): string => `${what.startsWith("jobs") ? "/apis/batch/v1" : "/api/v1"}/namespaces/${namespace}/${what}`;
  const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const role = (rules: object[]) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: "server", namespace },
    rules,
  });
  await admin.call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await admin.call("POST", path("serviceaccounts"), { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "server" } });
  await admin.call("POST", `${roles}/roles`, role(RULES));
  await admin.call("POST", `${roles}/rolebindings`, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "server" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "server" },
    subjects: [{ kind: "ServiceAccount", name: "server", namespace }],
  });
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 7_200 } };
  const { status } = await admin.call<{ status: { token: string } }>("POST", path("serviceaccounts/server/token"), request);

  return {
    admin,
    namespace,
    version,
    image,
    gatewayUrl,
    path,
    async kubeconfig(server) {
      const cluster = config.getCurrentCluster();
      const account = { name: "server", user: { token: status.token } };
      const ca = cluster?.caData ?? undefined;
      const reached =
        server === undefined
          ? {
              server: cluster?.server,
              ...(ca === undefined ? { "certificate-authority": cluster?.caFile } : { "certificate-authority-data": ca }),
            }
          : { server, "insecure-skip-tls-verify": true };
      const file = join(folder, server === undefined ? "direct" : "proxied");
      const text = {
        apiVersion: "v1",
        kind: "Config",
        "current-context": "test",
        contexts: [{ name: "test", context: { cluster: "test", user: "server" } }],
        clusters: [{ name: "test", cluster: reached }],
        users: [account],
      };
      await writeFile(file, JSON.stringify(text), { mode: 0o600 });
      return file;
    },
    async allowEvents(allowed) {
      await admin.call("PUT", `${roles}/roles/server`, role(allowed ? [...RULES, EVENTS_RULE] : RULES));
    },
    jobs: async () => (await admin.patient<{ items: V1Job[] }>("GET", path("jobs"))).items,
    async pod(job, holds = () => true, timeoutMs = 30_000) {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const { items } = await admin.patient<{ items: V1Pod[] }>("GET", `${path("pods")}?labelSelector=job-name%3D${job}`);
        const found = items.find(holds);
        if (found !== undefined) return found;
        if (performance.now() > deadline) throw new Error(`no pod of ${job} got there: ${JSON.stringify(items.map((one) => one.status))}`);
        await wait(200);
      }
    },
    empty: (timeoutMs) => emptyOfAgents(admin, namespace, timeoutMs),
    async clear() {
      await admin.patient("DELETE", `${path("jobs")}?propagationPolicy=Background`);
    },
    async dispose() {
      await admin.patient("DELETE", `/api/v1/namespaces/${namespace}`).catch((error: unknown) => console.error(error));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
