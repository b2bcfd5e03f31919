import type { V1Job, V1Secret } from "@kubernetes/client-node";
import type { AttemptSpec } from "../executor";
import { type ClusterApi, ClusterError } from "./cluster-api";
import { APP_LABEL, jobSpec, STATE_ANNOTATION, tokenSecret } from "./job-spec";
import type { KubernetesSettings } from "./kubernetes-settings";
import { refusal } from "./pod-failure";

/** A Job that this server made, as the API server knows it. */
export interface KnownJob {
  uid: string;
  state: "created" | "started" | "stopped";
}

/** The Jobs of a namespace, and the Secrets beside them. Every call may be repeated. */
export interface ClusterJobs {
  find(name: string): Promise<KnownJob | undefined>;
  /** Makes what is missing of Job and Secret and lets it run. Of an attempt that was started before nothing is touched. */
  start(spec: AttemptSpec): Promise<KnownJob>;
  /** Ends the pod with its grace, keeps the Job and what it says. */
  stop(name: string): Promise<void>;
  /** Removes Job, Secret and pod. */
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
}

/** A plain DELETE of a Job would leave its pods; see `DeleteOptions`. */
const DELETE = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background" };

/** See `ClusterJobs`. A refusal that a person can do something about is an error that says what. */
export function createClusterJobs(api: ClusterApi, settings: KubernetesSettings): ClusterJobs {
  const { namespace } = settings;
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;

  async function read(name: string): Promise<V1Job | undefined> {
    const job = (await orUndefined(404, api.call("GET", `${jobs}/${name}`))) as V1Job | undefined;
    // On its way out: another of its name can be made in a moment.
    return job?.metadata?.deletionTimestamp === undefined ? job : undefined;
  }

  async function create(spec: AttemptSpec): Promise<V1Job> {
    try {
      return (await api.call("POST", jobs, { body: jobSpec(spec, settings) })) as V1Job;
    } catch (error) {
      // Made by a server that died before it could say so, or by this very call before its answer was lost.
      const known = isStatus(error, 409) ? await read(spec.name) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  }

  /** The token is new with each start, so a Secret that is there is replaced: its pod does not run yet. */
  async function putSecret(secret: V1Secret): Promise<void> {
    try {
      await api.call("POST", secrets, { body: secret });
    } catch (error) {
      if (!isStatus(error, 409)) throw error;
      await orUndefined(404, api.call("DELETE", `${secrets}/${secret.metadata?.name}`, { body: DELETE }));
      await api.call("POST", secrets, { body: secret });
    }
  }

  const turn = (name: string, state: KnownJob["state"], suspend: boolean) =>
    api.call("PATCH", `${jobs}/${name}`, {
      body: { metadata: { annotations: { [STATE_ANNOTATION]: state } }, spec: { suspend } },
      contentType: "application/merge-patch+json",
    });

  return {
    async find(name) {
      const job = await read(name);
      return job === undefined ? undefined : known(job);
    },
    async start(spec) {
      try {
        const job = known(await create(spec));
        if (job.state !== "created") return job;
        await putSecret(tokenSecret(spec, job.uid, settings));
        await turn(spec.name, "started", false);
        return { ...job, state: "started" };
      } catch (error) {
        throw explained(error);
      }
    },
    async stop(name) {
      await orUndefined(404, turn(name, "stopped", true));
    },
    async remove(name) {
      await orUndefined(404, api.call("DELETE", `${jobs}/${name}`, { body: DELETE }));
    },
    async names() {
      const list = (await api.call("GET", jobs, { query: { labelSelector: `app=${APP_LABEL}` } })) as { items?: V1Job[] };
      return (list.items ?? []).flatMap(({ metadata }) => (metadata?.name === undefined ? [] : [metadata.name]));
    },
  };
}

function known({ metadata }: V1Job): KnownJob {
  const state = metadata?.annotations?.[STATE_ANNOTATION];
  return { uid: metadata?.uid ?? "", state: state === "started" || state === "stopped" ? state : "created" };
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
function explained(error: unknown): unknown {
  if (!(error instanceof ClusterError)) return error;
  const { message, remedy, detail } = refusal(error.status, error.message);
  return new Error(`${message} ${remedy} (${detail ?? error.message})`, { cause: error });
}
