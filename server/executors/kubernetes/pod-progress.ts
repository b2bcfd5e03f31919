import type { V1Pod } from "@kubernetes/client-node";
import type { Failure } from "@/lib/run/failures";
import type { Observed } from "./pod-end";
import { agentStatus, type ClusterEvent, noPod, podFailure } from "./pod-failure";

/** How long what may heal by itself is waited for, in ms. */
export interface PodPatience {
  /** A registry that hiccups; the kubelet tries about three times in it. */
  image: number;
  /** A volume or a Secret that comes late. */
  setUp: number;
  /** A node that an autoscaler adds, or room in a quota. */
  place: number;
  /** Before anything is said of a volume or a pod that is not there yet: at first that is how it should be. */
  quiet: number;
}

export const PATIENCE: PodPatience = { image: 60_000, setUp: 60_000, place: 10 * 60_000, quiet: 10_000 };

/** What a pod waits for that does not work yet: a sentence for its pane, and the failure that it is once patience is over. */
export interface PodWait {
  text: string;
  failure: Failure;
  patienceMs: number;
  /** How long it has to last to be worth a word. */
  quietMs: number;
}

/** Undefined while all goes as usual, and once the agent's container runs. Pure. */
export function podWait({ job, pod }: Observed, events: readonly ClusterEvent[], patience: PodPatience): PodWait | undefined {
  const state = agentStatus(pod)?.state;
  if (state?.running !== undefined || state?.terminated !== undefined) return undefined;
  const known = podFailure(pod, job, events);
  const failure = known ?? (pod === undefined && job !== undefined ? noPod(job.metadata?.name ?? "") : undefined);
  if (failure === undefined) return undefined;
  const reason = state?.waiting?.reason ?? "";
  const detail = failure.detail === undefined ? "" : ` ${firstLine(failure.detail)}`;
  const text = `${failure.message}${detail}`;
  const comesByItself = known === undefined || reason === "ContainerCreating";
  return { text, failure, patienceMs: patienceFor(reason, pod, patience), quietMs: comesByItself ? patience.quiet : 0 };
}

function patienceFor(reason: string, pod: V1Pod | undefined, { image, setUp, place }: PodPatience): number {
  // No waiting makes a name valid or an image come that must not be pulled.
  if (reason === "InvalidImageName" || reason === "ErrImageNeverPull") return 0;
  if (reason !== "") return /Image|Registry/.test(reason) ? image : setUp;
  const unscheduled =
    pod === undefined || pod.status?.conditions?.some(({ type, status }) => type === "PodScheduled" && status === "False");
  return unscheduled === true ? place : setUp;
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").slice(0, 300);
}
