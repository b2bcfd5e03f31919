import { constants as osConstants } from "node:os";
import type { V1Job, V1Pod } from "@kubernetes/client-node";
import type { AttemptExit } from "../executor";
import { type PodEnd, podEndSchema } from "./pod-exchange";
import { agentStatus, endedByProgram, nothingLeft, podFailure, stopped as stoppedFailure } from "./pod-failure";

/** What is known of an attempt in the cluster. */
export interface Observed {
  job?: V1Job;
  /** The newest state that was seen, also of a pod that is gone by now. */
  pod?: V1Pod;
  /** The pod was there, or must have been, and is not any more. */
  podGone: boolean;
  /** A person asked this server to stop it. */
  stopped: boolean;
}

/** Nothing works there any more. What was told to end has its grace first: in it the last lines and the last tree are brought. */
export function isOver({ job, pod, podGone }: Observed): boolean {
  if (podGone || agentStatus(pod)?.state?.terminated !== undefined || pod?.status?.phase === "Failed") return true;
  return pod === undefined && isEnding({ job, pod });
}

/** It was told to end, by whomever. */
export function isEnding({ job, pod }: Pick<Observed, "job" | "pod">): boolean {
  return (
    pod?.metadata?.deletionTimestamp !== undefined || job === undefined || job.metadata?.deletionTimestamp !== undefined || isFailed(job)
  );
}

/**
 * How an attempt ended; undefined while it may still work. Only the pod's word counts: a followed log also ends when the kubelet restarts.
 * `settled`: what the Job says of it would be there by now — its conditions come a second or two after the pod's end.
 */
export function podEnd(seen: Observed, said: PodEnd | undefined, settled: boolean): AttemptExit | undefined {
  if (!isOver(seen)) return undefined;
  const { job, pod, podGone, stopped } = seen;
  const cause = lastWord(agentStatus(pod)?.state?.terminated?.message)?.cause ?? said?.cause;
  if (cause !== undefined && !stopped) return { kind: "failed", failure: endedByProgram(cause) };
  const terminated = agentStatus(pod)?.state?.terminated;
  const code = terminated?.exitCode ?? (podGone || job === undefined ? said?.code : undefined);
  // By itself: nobody ends a process with such a code from outside.
  if (code !== undefined && code <= 128 && terminated?.reason !== "StartError" && terminated?.reason !== "ContainerCannotRun") {
    return { kind: "exited", code };
  }
  if (stopped) return { kind: "failed", failure: stoppedFailure() };
  const failure = podFailure(pod, job);
  // That something was deleted is also what a deadline, an eviction or a lost node look like at first.
  if (failure !== undefined && (settled || failure.code !== "agent_killed")) return { kind: "failed", failure };
  if (!settled) return undefined;
  if (code !== undefined) return { kind: "signalled", signal: signalName(code - 128) };
  return { kind: "failed", failure: failure ?? nothingLeft() };
}

/** The termination message, in which the pod's program says the same as in its upload. */
export function lastWord(message: string | undefined): PodEnd | undefined {
  try {
    return podEndSchema.parse(JSON.parse(message ?? ""));
  } catch {
    return undefined;
  }
}

function isFailed(job: V1Job): boolean {
  return job.status?.conditions?.some(({ type, status }) => type === "Failed" && status === "True") ?? false;
}

function signalName(number: number): string {
  const known = Object.entries(osConstants.signals).find(([, value]) => value === number);
  return known?.[0] ?? `signal ${number}`;
}
