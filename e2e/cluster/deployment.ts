import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { KubernetesObjectApi, type V1Pod, type V1Role } from "@kubernetes/client-node";
import { createFaultClient, type FaultClient } from "../faults/fault-client";
import { freePort } from "../server";
import { type AdminApi, AdminError } from "./admin-api";
import { helmMissing, renderChart } from "./chart";
import { createRunFollower, type RunFollower } from "./follow-run";
import { emptyOfAgents, openMarkedCluster, setting } from "./marked-cluster";
import { execInPod, forwardPort } from "./pod-streams";
import { scenarioFiles } from "./scenarios";

/** The chart's server in the cluster, as somebody who installs it has it, in namespaces of its own. */
export interface Deployment {
  version: string;
  admin: AdminApi;
  /** The server's; its agents have another. */
  namespace: string;
  agentsNamespace: string;
  /** `HOST:PORT` of the chart's Services as pods reach them. */
  services: { pages: string; gateway: string };
  api: FaultClient;
  run: RunFollower["run"];
  /** The API without a token. */
  stranger: FaultClient;
  /** What the server may do in the namespace of its agents. */
  rules: V1Role["rules"];
  /** Name, uid and restarts of the pod that is ready now. */
  ready(timeoutMs?: number): Promise<ServerPod>;
  /** As `kubectl delete pod`. */
  deletePod(): Promise<void>;
  /** SIGKILL of all that runs in the pod's container. */
  killProcesses(): Promise<void>;
  /** What the pod of `helm test` writes; an error when it fails. */
  test(): Promise<string>;
  /** Waits until no Job, pod or Secret of agents is left. */
  empty(timeoutMs: number): Promise<void>;
  /** Removes everything and waits until it is gone. */
  close(): Promise<void>;
}

interface ServerPod {
  name: string;
  uid: string;
  restarts: number;
}

const RELEASE = "aideator";
const READY_MS = 150_000;
const GONE_MS = 120_000;
const SCRIPTS = "/data/scripts";
/** What the stories of a deployment play. */
const PLAYED = ["brief.json", "slow.json"];

/** Why the chart cannot be installed here; undefined when it can. */
export async function deploymentMissing(): Promise<string | undefined> {
  if ((process.env.AIDEATOR_CLUSTER_SERVER_IMAGE ?? "") === "") return "AIDEATOR_CLUSTER_SERVER_IMAGE is not set";
  return helmMissing();
}

/** Installs the chart with an access token, waits until the server is ready, and forwards its port to this machine. */
export async function openDeployment(): Promise<Deployment> {
  const { config, admin, version } = await openMarkedCluster();
  const namespace = `aideator-test-${randomBytes(4).toString("hex")}`;
  const agents = `${namespace}-agents`;
  const token = randomBytes(24).toString("hex");
  // The server goes by localhost:PORT of its own port, so this machine's has to be the same.
  const port = await freePort();
  const { objects, tests } = await renderChart(RELEASE, namespace, chartValues({ agents, token, port }));
  const client = KubernetesObjectApi.makeApiClient(config);
  const path = (what: string): string => `/api/v1/namespaces/${namespace}/${what}`;
  const url = `http://127.0.0.1:${port}`;
  const api = createFaultClient(url, token);

  async function pods(): Promise<V1Pod[]> {
    const list = path(`pods?labelSelector=app.kubernetes.io%2Finstance%3D${RELEASE}`);
    return (await admin.patient<{ items: V1Pod[] }>("GET", list)).items;
  }

  async function readyPod(): Promise<V1Pod | undefined> {
    const isReady = ({ metadata, status }: V1Pod): boolean =>
      metadata?.deletionTimestamp === undefined &&
      (status?.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True");
    return (await pods()).find(isReady);
  }

  async function ready(timeoutMs = READY_MS): Promise<ServerPod> {
    for (const deadline = performance.now() + timeoutMs; ; await wait(250)) {
      const pod = await readyPod();
      const status = pod?.status?.containerStatuses?.[0];
      if (status?.ready === true) return { name: pod?.metadata?.name ?? "", uid: pod?.metadata?.uid ?? "", restarts: status.restartCount };
      if (performance.now() > deadline) throw new Error(`the server is not ready: ${await whatIsWrong()}`);
    }
  }

  async function whatIsWrong(): Promise<string> {
    const { items } = await admin.patient<{ items: { message?: string }[] }>("GET", path("events"));
    const states = (await pods()).map(({ status }) =>
      JSON.stringify([status?.phase, status?.containerStatuses?.map(({ state }) => state)]),
    );
    return [...states, ...items.slice(-10).map(({ message }) => message)].join("\n");
  }

  async function output(): Promise<string> {
    const [pod] = await pods();
    return admin.text(path(`pods/${pod?.metadata?.name}/log?tailLines=40`)).catch(String);
  }

  async function inServer(command: string[]): Promise<{ succeeded: boolean; text: string }> {
    return execInPod(config, { namespace, pod: (await ready()).name, container: "server" }, command);
  }

  async function install(): Promise<void> {
    await admin.call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    for (const one of objects) await client.create(one);
    await ready();
    // Scripted models are files of the server's; its volume is the one place that outlives its pod.
    const write = `const fs = require("node:fs"); fs.mkdirSync(process.argv[1], { recursive: true });
      fs.writeFileSync(process.argv[1] + "/" + process.argv[2], process.argv[3])`;
    for (const [name, text] of scenarioFiles().filter(([one]) => PLAYED.includes(one))) {
      const wrote = await inServer(["node", "-e", write, SCRIPTS, name, text]);
      if (!wrote.succeeded) throw new Error(`${name} cannot be written in the pod: ${wrote.text}`);
    }
  }

  async function remove(): Promise<void> {
    const gone = async (name: string): Promise<boolean> =>
      admin.patient("GET", `/api/v1/namespaces/${name}`).then(
        () => false,
        (error: unknown) => error instanceof AdminError && error.status === 404,
      );
    const both = [agents, namespace];
    for (const name of both) if (!(await gone(name))) await admin.patient("DELETE", `/api/v1/namespaces/${name}`);
    for (const deadline = performance.now() + GONE_MS; ; await wait(500)) {
      const left = await Promise.all(both.map(gone));
      if (left.every((one) => one)) return;
      if (performance.now() > deadline) throw new Error(`${both.join(" and ")} are not removed within ${GONE_MS / 1_000} s`);
    }
  }

  try {
    await install();
  } catch (error) {
    await remove();
    throw error;
  }
  const forwarded = await forwardPort(config, { namespace, port, pod: async () => (await readyPod())?.metadata?.name });
  const follower = createRunFollower({ url, api, output });

  return {
    version,
    admin,
    namespace,
    agentsNamespace: agents,
    services: { pages: `${RELEASE}.${namespace}:80`, gateway: `${RELEASE}-gateway.${namespace}:3100` },
    api,
    run: follower.run,
    stranger: createFaultClient(url),
    rules: objects.flatMap((one) => (one.kind === "Role" ? ((one as V1Role).rules ?? []) : [])),
    ready,
    deletePod: async () => void (await admin.call("DELETE", path(`pods/${(await ready()).name}`))),
    killProcesses: async () => void (await inServer(["node", "-e", `process.kill(-1, "SIGKILL")`])),
    async test() {
      const texts: string[] = [];
      for (const one of tests) {
        await client.create(one);
        const name = one.metadata?.name ?? "";
        for (const deadline = performance.now() + 90_000; ; await wait(250)) {
          const { status } = await admin.patient<V1Pod>("GET", path(`pods/${name}`));
          if (status?.phase === "Succeeded") break;
          const text = status?.phase === "Failed" || performance.now() > deadline ? await admin.text(path(`pods/${name}/log`)) : undefined;
          if (text !== undefined) throw new Error(`the chart's test ${name} is ${status?.phase}: ${text}`);
        }
        texts.push(await admin.text(path(`pods/${name}/log`)));
      }
      return texts.join("");
    },
    empty: (timeoutMs) => emptyOfAgents(admin, agents, timeoutMs),
    async close() {
      follower.close();
      await forwarded.close();
      await remove();
    },
  };
}

/** Little is asked for, so that the server and five agents fit on a small node. */
function chartValues({ agents, token, port }: { agents: string; token: string; port: number }): object {
  return {
    image: imageValues(setting("AIDEATOR_CLUSTER_SERVER_IMAGE")),
    containerPort: port,
    accessToken: { value: token },
    agents: {
      image: imageValues(setting("AIDEATOR_CLUSTER_IMAGE")),
      namespace: agents,
      createNamespace: true,
      resources: { cpu: "50m", memoryRequest: "64Mi", memory: "1Gi" },
    },
    config: { logLevel: "warn" },
    extraEnv: [
      { name: "AIDEATOR_SCRIPTS", value: SCRIPTS },
      { name: "AIDEATOR_AUTO_CHECKS", value: "0" },
    ],
    persistence: { size: "1Gi" },
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "2Gi" } },
  };
}

function imageValues(image: string): { repository: string; tag: string } {
  const [, repository, tag] = /^(.+):([^:/@]+)$/.exec(image) ?? [];
  if (repository === undefined || tag === undefined) throw new Error(`The image ${image} has no tag: name it as REPOSITORY:TAG.`);
  return { repository, tag };
}
