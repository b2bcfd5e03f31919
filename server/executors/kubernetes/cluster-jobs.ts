import { readFile } from "node:fs/promises";
import type { V1Job } from "@kubernetes/client-node";
import { type ClusterApi, ClusterError } from "./cluster-api";
import { APP_LABEL, jobSpec, tokenSecret } from "./job-spec";
import type { KubernetesSettings } from "./kubernetes-settings";
import type { PodConfig, PodWork } from "./pod-config";
import { refusal } from "./pod-failure";

/**
 * The Jobs of a namespace, and the Secrets beside them. Needs no more than create, get, list and delete of Jobs, and create and delete of
 * Secrets. Every call may be repeated.
 */
export interface ClusterJobs {
  /** As the API server knows it now, also one on its way out. */
  find(name: string): Promise<V1Job | undefined>;
  /** Makes the Job, or finds the one that is there. Its pod waits for the Secret. Resolves to its uid. */
  create(name: string, work: PodWork): Promise<string>;
  /** Gives the Job's pod what it waits for. Repeated with the same `config` only: a pod may have read the one before. */
  giveConfig(name: string, uid: string, config: PodConfig): Promise<void>;
  /** Ends the pod with its grace. The Job is there until the pod is gone, so that its end can be read. */
  stop(name: string): Promise<void>;
  /** Removes Job, Secret and pod. */
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
}

/** `DeleteOptions`; a plain DELETE of a Job would leave its pods. */
const withPods = (propagationPolicy: "Foreground" | "Background") => ({ kind: "DeleteOptions", apiVersion: "v1", propagationPolicy });

/** See `ClusterJobs`. A refusal that a person can do something about is an error that says what. */
export function createClusterJobs(api: ClusterApi, settings: KubernetesSettings): ClusterJobs {
  const { namespace } = settings;
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;

  const find = async (name: string) => (await orUndefined(404, api.call("GET", `${jobs}/${name}`))) as V1Job | undefined;

  async function make(name: string, work: PodWork): Promise<V1Job> {
    try {
      return (await api.call("POST", jobs, { body: jobSpec(name, work, settings) })) as V1Job;
    } catch (error) {
      // Made by a server that died before it could say so, or by this very call before its answer was lost.
      const known = isStatus(error, 409) ? await find(name) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  }

  return {
    find,
    create: (name, work) => explaining(async () => (await make(name, work)).metadata?.uid ?? ""),
    giveConfig: (name, uid, config) =>
      explaining(async () => {
        const ca = settings.gatewayCa === undefined ? undefined : await readFile(settings.gatewayCa, "utf8");
        const body = tokenSecret(name, config, uid, settings, ca);
        try {
          await api.call("POST", secrets, { body });
        } catch (error) {
          if (!isStatus(error, 409)) throw error;
          // This Job's, made by a call whose answer was lost: the same again harms nobody. Or that of an earlier Job of this name, which goes
          // as soon as the garbage collector comes to it. Who may not read Secrets cannot tell them apart.
          await orUndefined(404, api.call("DELETE", `${secrets}/${name}`));
          await api.call("POST", secrets, { body });
        }
      }),
    async stop(name) {
      await orUndefined(404, api.call("DELETE", `${jobs}/${name}`, { body: withPods("Foreground") }));
    },
    async remove(name) {
      await orUndefined(404, api.call("DELETE", `${jobs}/${name}`, { body: withPods("Background") }));
    },
    async names() {
      const list = (await api.call("GET", jobs, { query: { labelSelector: `app=${APP_LABEL}` } })) as { items?: V1Job[] };
      return (list.items ?? []).flatMap(({ metadata }) => (metadata?.name === undefined ? [] : [metadata.name]));
    },
  };
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof ClusterError && error.status === status;
}

async function orUndefined<T>(status: number, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isStatus(error, status)) return undefined;
    throw error;
  }
}

/** The API server's refusal in words for people. */
async function explaining<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    const { message, remedy, detail } = refusal(error.status, error.message);
    throw new Error(`${message} ${remedy} (${detail ?? error.message})`, { cause: error });
  }
}
