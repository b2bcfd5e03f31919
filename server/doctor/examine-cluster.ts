import { once } from "node:events";
import { createServer } from "node:http";
import { z } from "zod";
import type { Env } from "../env";
import { type ClusterApi, ClusterError, createClusterApi } from "../executors/kubernetes/cluster-api";
import { jobSpec } from "../executors/kubernetes/job-spec";
import { loadClusterConfig } from "../executors/kubernetes/open-kubernetes";
import { refusal } from "../executors/kubernetes/pod-failure";
import type { Finding } from "./finding";

interface Right {
  group: "" | "batch";
  resource: string;
  subresource?: string;
  verbs: string[];
}

/** The Role of docs/configuration.md. */
const RIGHTS: Right[] = [
  { group: "batch", resource: "jobs", verbs: ["create", "get", "list", "watch", "delete"] },
  { group: "", resource: "pods", verbs: ["get", "list", "watch"] },
  { group: "", resource: "pods", subresource: "log", verbs: ["get"] },
  { group: "", resource: "secrets", verbs: ["create", "delete"] },
];
const EVENTS: Right = { group: "", resource: "events", verbs: ["list"] };
const TIMEOUT_MS = 5_000;

const versionSchema = z.object({ gitVersion: z.string() });
const reviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

type Cluster = NonNullable<Env["kubernetes"]>;
type Judged = Pick<Finding, "state" | "found" | "remedy">;

const finding = (name: string, judged: Judged): Finding => ({ area: "Cluster", name, ...judged });

/**
 * Whether agents could work in the cluster: its API server, this server's rights, a Job like theirs (not made), the gateway's address. Empty
 * where agents work elsewhere. Nothing is changed in the cluster.
 */
export async function examineCluster({ kubernetes }: Env): Promise<Finding[]> {
  if (kubernetes === undefined) return [];
  const { settings } = kubernetes;
  let api: ClusterApi;
  try {
    api = createClusterApi(await loadClusterConfig(), 0);
  } catch (error) {
    return [finding("API server", { state: "wrong", found: textOf(error), remedy: "Set KUBECONFIG to a readable kubeconfig." })];
  }
  try {
    const reached = finding("API server", await askVersion(api));
    const image = finding("Image", { state: "ok", found: `${settings.image} (nodes pull it; not tried)` });
    const gateway = finding("Gateway", await askGateway(kubernetes));
    if (reached.state === "wrong") return [reached, image, gateway];
    const [rights, events, job] = await Promise.all([
      askRights(api, settings.namespace),
      askEvents(api, settings.namespace),
      tryJob(api, kubernetes),
    ]);
    return [reached, finding("Rights", rights), finding("Events", events), finding("A Job", job), image, gateway];
  } finally {
    api.close();
  }
}

async function askVersion(api: ClusterApi): Promise<Judged> {
  try {
    const { gitVersion } = versionSchema.parse(await api.call("GET", "/version", { signal: AbortSignal.timeout(TIMEOUT_MS) }));
    return { state: "ok", found: `Kubernetes ${gitVersion}` };
  } catch (error) {
    const { message, remedy } = refusal(error instanceof ClusterError ? error.status : 0, textOf(error));
    return { state: "wrong", found: `${message} (${textOf(error)})`, remedy };
  }
}

async function askRights(api: ClusterApi, namespace: string): Promise<Judged> {
  try {
    const missing = (await Promise.all(RIGHTS.map((right) => missingOf(api, namespace, right)))).flat();
    const where = `in namespace ${namespace}`;
    if (missing.length === 0) return { state: "ok", found: `Jobs, pods, logs and Secrets ${where}` };
    return {
      state: "wrong",
      found: `missing ${where}: ${missing.join(", ")}`,
      remedy: "Give this server's account the Role in docs/configuration.md.",
    };
  } catch (error) {
    return { state: "poor", found: `could not be asked: ${textOf(error)}`, remedy: "Compare with the Role in docs/configuration.md." };
  }
}

async function askEvents(api: ClusterApi, namespace: string): Promise<Judged> {
  const missing = await missingOf(api, namespace, EVENTS).catch(() => ["list events"]);
  return { state: "ok", found: missing.length === 0 ? "may be read" : "may not be read: a pane then says less of why no pod comes" };
}

/** `delete jobs`, `get pods/log`: what of a right this server does not have. */
async function missingOf(api: ClusterApi, namespace: string, { group, resource, subresource, verbs }: Right): Promise<string[]> {
  const asked = verbs.map(async (verb) => {
    const spec = { resourceAttributes: { namespace, verb, group, resource, ...(subresource === undefined ? {} : { subresource }) } };
    const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec };
    const answer = await api.call("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { body });
    const what = subresource === undefined ? resource : `${resource}/${subresource}`;
    return reviewSchema.parse(answer).status.allowed ? [] : [`${verb} ${what}`];
  });
  return (await Promise.all(asked)).flat();
}

/** Everything that the API server checks of a Job, quota and admission rules included, without making one. */
async function tryJob(api: ClusterApi, { settings }: Cluster): Promise<Judged> {
  const task = { runId: "doctor", variation: 0, attempt: 0, prompt: "", model: "", limits: {}, workspace: "", commandsAllowed: false };
  const body = jobSpec("agent-doctor-0", { kind: "agent", task }, settings);
  try {
    await api.call("POST", `/apis/batch/v1/namespaces/${settings.namespace}/jobs`, { query: { dryRun: "All" }, body });
    return { state: "ok", found: `like an agent's would be taken in namespace ${settings.namespace}` };
  } catch (error) {
    const { message, remedy } = refusal(error instanceof ClusterError ? error.status : 0, textOf(error));
    return { state: "wrong", found: `${message} (${textOf(error)})`, remedy };
  }
}

/** Whether the address leads to the port, as far as this machine can tell: who listens there already is taken for the server. */
async function askGateway({ settings, gatewayPort }: Cluster): Promise<Judged> {
  const { gatewayUrl } = settings;
  const { hostname } = new URL(gatewayUrl);
  if (/^(localhost|127\..*|\[::1\])$/.test(hostname)) {
    return {
      state: "wrong",
      found: `${gatewayUrl} is the pod itself for a pod`,
      remedy: "Set AIDEATOR_GATEWAY_URL to an address of this server that pods reach.",
    };
  }
  const listener = createServer((_request, response) => response.writeHead(204).end()).listen(gatewayPort, "0.0.0.0");
  const mine = await once(listener, "listening").then(
    () => true,
    () => false,
  );
  try {
    await fetch(gatewayUrl, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { state: "ok", found: `${gatewayUrl} leads to port ${gatewayPort}, from this machine at least` };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code === "ENOTFOUND" || code === "EAI_AGAIN")
      return { state: "ok", found: `${gatewayUrl} is no name outside the cluster: not tried` };
    return {
      state: "poor",
      found: `${gatewayUrl} does not answer from this machine (${textOf(cause)})`,
      remedy: `Check that it leads to port ${gatewayPort} of this server, and that nothing in between refuses pods.`,
    };
  } finally {
    if (mine) listener.close();
  }
}

function textOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
