import { setTimeout as wait } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import type { AdminApi } from "./admin-api";

/** A pod that plays a script of Node.js in the agents' image, under the strictest profile of pod security. */
export interface ProbePod {
  name: string;
  labels?: Record<string, string>;
  /** CommonJS; what it writes is its answer. */
  script: string;
}

const IMAGE_MS = 90_000;

/** What the pod's script wrote when it had ended; an error when it failed. */
export async function askPod(admin: AdminApi, namespace: string, probe: ProbePod & { image: string }): Promise<string> {
  await startPod(admin, namespace, probe);
  const pod = await podUntil(admin, namespace, probe.name, ({ status }) => status?.phase === "Succeeded" || status?.phase === "Failed");
  const text = await admin.text(`${podPath(namespace, probe.name)}/log`);
  if (pod.status?.phase === "Failed") throw new Error(`the pod ${probe.name} failed: ${text}`);
  return text;
}

/** The address of a pod whose script goes on, such as a listener. */
export async function runningPod(admin: AdminApi, namespace: string, probe: ProbePod & { image: string }): Promise<string> {
  await startPod(admin, namespace, probe);
  const pod = await podUntil(admin, namespace, probe.name, ({ status }) => status?.phase === "Running" && status.podIP !== undefined);
  return pod.status?.podIP ?? "";
}

/**
 * A script that tries to connect to each `HOST:PORT`, again and again for `seconds`, and writes `{ "HOST:PORT": "open" | "closed" }`: how the
 * last try went. Networks take up a new pod's policies after a moment, so that the first tries say little.
 */
export function connectScript(targets: readonly string[], seconds: number): string {
  return `
    const { connect } = require("node:net");
    const attempt = (target) => new Promise((resolve) => {
      const at = target.lastIndexOf(":");
      const socket = connect({ host: target.slice(0, at), port: Number(target.slice(at + 1)) });
      const end = (word) => { socket.destroy(); resolve(word); };
      socket.setTimeout(2000, () => end("closed"));
      socket.once("connect", () => end("open")).once("error", () => end("closed"));
    });
    (async () => {
      const last = {};
      for (const deadline = Date.now() + ${seconds} * 1000; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 500)))
        await Promise.all(${JSON.stringify(targets)}.map(async (target) => { last[target] = await attempt(target); }));
      console.log(JSON.stringify(last));
    })();`;
}

/** A script that takes connections on a port until the pod is removed. */
export const listenScript = (port: number): string => `require("node:net").createServer((socket) => socket.end()).listen(${port});`;

async function startPod(admin: AdminApi, namespace: string, { name, labels, script, image }: ProbePod & { image: string }): Promise<void> {
  const pod: V1Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "probe",
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["node", "-e", script],
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
  await admin.call("POST", `/api/v1/namespaces/${namespace}/pods`, pod);
}

async function podUntil(admin: AdminApi, namespace: string, name: string, holds: (pod: V1Pod) => boolean): Promise<V1Pod> {
  for (const deadline = performance.now() + IMAGE_MS; ; await wait(250)) {
    const pod = await admin.patient<V1Pod>("GET", podPath(namespace, name));
    if (holds(pod)) return pod;
    if (performance.now() > deadline) throw new Error(`the pod ${name} does not get there: ${JSON.stringify(pod.status)}`);
  }
}

function podPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}
