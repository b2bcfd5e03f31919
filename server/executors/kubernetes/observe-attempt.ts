import { setTimeout as pause } from "node:timers/promises";
import type { V1Job, V1Pod } from "@kubernetes/client-node";
import type { ClusterApi } from "./cluster-api";
import { STATE_ANNOTATION } from "./job-spec";
import type { Observed } from "./pod-end";
import type { ClusterEvent } from "./pod-failure";
import type { ResourceWatch } from "./watch-resources";

/** One attempt's Job and pod, through the watches that all attempts share. */
export interface ObservedAttempt {
  look(): Promise<Observed>;
  /** Resolves after a change, at the latest after `ms`; never rejects. */
  changed(ms: number, signal: AbortSignal): Promise<void>;
  /** What the cluster said of its pod and Job lately; read at most every few seconds. */
  events(): Promise<ClusterEvent[]>;
  close(): void;
}

const EVENTS_EVERY_MS = 3_000;

/** `uid` tells the attempt's Job from another of the same name. */
export function observeAttempt(
  given: { api: ClusterApi; namespace: string; jobs: ResourceWatch<V1Job>; pods: ResourceWatch<V1Pod> },
  name: string,
  uid: string,
): ObservedAttempt {
  const { api, namespace, jobs, pods } = given;
  let lastPod: V1Pod | undefined;
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

  return {
    async look() {
      const job = (await jobs.all()).get(name);
      const mine = [...(await pods.all()).values()].filter((pod) => isOf(pod, uid));
      // Never two at once by the Job's spec; after a node's failure the newer one is what there is.
      const pod = mine.sort((one, other) =>
        String(other.metadata?.creationTimestamp).localeCompare(String(one.metadata?.creationTimestamp)),
      )[0];
      lastPod = pod ?? lastPod;
      const own = job?.metadata?.uid === uid ? job : undefined;
      return {
        job: own,
        pod: lastPod,
        podGone: pod === undefined && (lastPod !== undefined || own === undefined || hadPod(own) || isStopped(own)),
      };
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
      const found = await Promise.all(names.map((one) => eventsOf(api, namespace, one)));
      read = { at: performance.now(), events: found.flat() };
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

function isStopped({ metadata }: V1Job): boolean {
  return metadata?.annotations?.[STATE_ANNOTATION] === "stopped";
}

/** Why something waits is nice to know; nothing depends on it. */
async function eventsOf(api: ClusterApi, namespace: string, name: string): Promise<ClusterEvent[]> {
  const query = { fieldSelector: `involvedObject.name=${name}`, limit: "50" };
  const answer = await api.call("GET", `/api/v1/namespaces/${namespace}/events`, { query }).catch(() => ({}));
  return (answer as { items?: ClusterEvent[] }).items ?? [];
}
