import { setTimeout as pause } from "node:timers/promises";
import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { mayPass } from "./cluster-api";
import type { ClusterEvents } from "./cluster-events";
import type { ClusterJobs } from "./cluster-jobs";
import type { Observed } from "./pod-end";
import type { ClusterEvent } from "./pod-failure";
import type { ResourceWatch } from "./watch-resources";

/** One attempt's Job and pod, through the watches that all attempts share. */
export interface ObservedAttempt {
  /** Undefined where the API server had to be asked and does not answer: then nothing is known. */
  look(): Promise<Observed | undefined>;
  /** Resolves after a change, at the latest after `ms`; never rejects. */
  changed(ms: number, signal: AbortSignal): Promise<void>;
  /** What the cluster said of its pod and Job lately; read at most every few seconds. */
  events(): Promise<ClusterEvent[]>;
  close(): void;
}

export interface ObservedCluster {
  jobs: ResourceWatch<V1Job>;
  pods: ResourceWatch<V1Pod>;
  events: ClusterEvents;
  find: ClusterJobs["find"];
  /** A person asked this server to stop it. */
  wasStopped(name: string): Promise<boolean>;
}

const EVENTS_EVERY_MS = 3_000;

/** `uid` tells the attempt's Job from another of the same name. */
export function observeAttempt(cluster: ObservedCluster, name: string, uid: string): ObservedAttempt {
  const { jobs, pods } = cluster;
  let lastPod: V1Pod | undefined;
  let jobSeen = false;
  let wake: (() => void) | undefined;
  let pending = false;
  let read: { at: number; events: ClusterEvent[] } | undefined;
  const ring = (): void => {
    pending = true;
    wake?.();
  };
  const ends = [
    pods.onChange(({ now, before }) => {
      const pod = now ?? before;
      if (pod === undefined || !isOf(pod, uid)) return;
      lastPod = pod;
      ring();
    }),
    jobs.onChange((changed) => changed.name === name && ring()),
  ];

  /** A watch may be behind what was just made: only what it has shown once can be missed in it. */
  async function lookForJob(): Promise<V1Job | undefined> {
    const watched = (await jobs.all()).get(name);
    jobSeen ||= watched?.metadata?.uid === uid;
    const job = jobSeen ? watched : await cluster.find(name);
    return job?.metadata?.uid === uid ? job : undefined;
  }

  async function lookOnce(): Promise<Observed> {
    const job = await lookForJob();
    const mine = [...(await pods.all()).values()].filter((pod) => isOf(pod, uid));
    // Never two at once by the Job's spec; after a node's failure the newer one is what there is.
    const pod = mine.sort((one, other) =>
      String(other.metadata?.creationTimestamp).localeCompare(String(one.metadata?.creationTimestamp)),
    )[0];
    lastPod = pod ?? lastPod;
    return {
      job,
      pod: lastPod,
      podGone: pod === undefined && (lastPod !== undefined || job === undefined || hadPod(job)),
      stopped: await cluster.wasStopped(name),
    };
  }

  return {
    async look() {
      try {
        return await lookOnce();
      } catch (error) {
        if (!mayPass(error)) throw error;
        return undefined;
      }
    },
    async changed(ms, signal) {
      if (!pending) {
        const timer = new AbortController();
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([woken, pause(ms, undefined, { signal: AbortSignal.any([signal, timer.signal]) }).catch(() => undefined)]);
        timer.abort();
      }
      wake = undefined;
      pending = false;
    },
    async events() {
      if (read !== undefined && performance.now() - read.at < EVENTS_EVERY_MS) return read.events;
      const names = [name, ...(lastPod?.metadata?.name === undefined ? [] : [lastPod.metadata.name])];
      read = { events: await cluster.events.of(names), at: performance.now() };
      return read.events;
    },
    close() {
      for (const end of ends) end();
    },
  };
}

function isOf(pod: V1Pod, uid: string): boolean {
  return pod.metadata?.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
}

/** By the Job's own count a pod has been there. */
function hadPod({ status }: V1Job): boolean {
  return (status?.succeeded ?? 0) + (status?.failed ?? 0) > 0;
}
