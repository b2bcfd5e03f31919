import { setTimeout as pause } from "node:timers/promises";
import type { Failure } from "@/lib/run/failures";
import type { AttemptExit } from "../executor";
import { type ClusterApi, ClusterError } from "./cluster-api";
import { CONTAINER, GRACE_SECONDS } from "./job-spec";
import type { ObservedAttempt } from "./observe-attempt";
import { isEnding, isOver, lastWord, type Observed, podEnd } from "./pod-end";
import type { PodExchange } from "./pod-exchange";
import { agentStatus, nothingLeft } from "./pod-failure";
import { parsePodLine, sinceTimeOf } from "./pod-lines";
import { type PodPatience, type PodWait, podWait } from "./pod-progress";
import type { SpooledLine } from "./pod-spool";

export interface FollowRhythm {
  patience: PodPatience;
  /** How long the Job's word on an end is waited for. */
  settleMs: number;
  /** A log that is silent for so long is opened anew: after a rotation some kubelets go on following the old file. */
  silentMs: number;
  /** How long a pod is asked for lines that its node threw away. */
  gapMs: number;
  /** Between two looks when nothing is said to have changed. */
  lookMs: number;
}

export type FollowedItem = { type: "lines"; lines: SpooledLine[] } | { type: "exit"; exit: AttemptExit };

interface Follow {
  api: ClusterApi;
  namespace: string;
  name: string;
  observed: ObservedAttempt;
  exchange: PodExchange;
  rhythm: FollowRhythm;
  signal: AbortSignal;
}

/**
 * All lines of an attempt's pod after number `last`, each once and in order, then its end. Whatever cuts the log — rotation, a kubelet or API
 * server that restarts, a server that was away — it is opened again a little before the last line, and what comes twice is dropped. What no
 * log has any more comes from the pod itself, or from the copy that it uploads at its end.
 */
export async function* followPod(follow: Follow, last: number): AsyncGenerator<FollowedItem> {
  const { name, observed, exchange, rhythm, signal } = follow;
  const cursor: Cursor = { last };
  const waits = noteWaits();
  const over = noteEnd(rhythm.settleMs);
  let unread = 0;
  while (!signal.aborted) {
    const looked = await observed.look();
    if (looked === undefined) {
      await observed.changed(rhythm.lookMs, signal);
      continue;
    }
    const seen = over.look(looked);
    const ended = podEnd(seen, await exchange.end(name), over.settled());
    const state = agentStatus(seen.pod)?.state;
    const readable = !seen.podGone && (state?.running !== undefined || state?.terminated !== undefined);
    const whole = readable ? yield* readLog(follow, cursor, seen.pod?.metadata?.name ?? "", state?.terminated === undefined) : true;
    if (signal.aborted) return;
    // What an ended pod said is still there when its node or the API server comes back.
    if (ended !== undefined && !whole && ++unread < MOST_LAST_READS) continue;
    if (ended !== undefined) {
      yield* settleLines(follow, cursor, state?.terminated?.message);
      return yield { type: "exit", exit: ended };
    }
    if (!readable && !over.begun()) {
      const { told, failure } = waits.look(podWait(seen, await observed.events(), rhythm.patience));
      if (told !== undefined) yield { type: "lines", lines: [{ n: 0, text: progressLine(told) }] };
      if (failure !== undefined) return yield { type: "exit", exit: { kind: "failed", failure } };
    }
    await observed.changed(rhythm.lookMs, signal);
  }
}

/** Reads of the log of a pod that has ended, before its other copies are made do with. */
const MOST_LAST_READS = 10;
/** A pod that is told to end and has not by then is on a node that does not answer, or was left behind by whoever deleted its Job. */
const DELETION_MS = (GRACE_SECONDS + 15) * 1_000;

/** Since when an end is in sight, by this process' clock. */
function noteEnd(settleMs: number): { look(seen: Observed): Observed; begun(): boolean; settled(): boolean } {
  let overSince: number | undefined;
  let endingSince: number | undefined;
  return {
    look(seen) {
      endingSince = isEnding(seen) ? (endingSince ?? performance.now()) : undefined;
      const silent = endingSince !== undefined && performance.now() - endingSince > DELETION_MS;
      const looked = silent ? { ...seen, podGone: true } : seen;
      overSince = isOver(looked) ? (overSince ?? performance.now()) : undefined;
      return looked;
    },
    begun: () => endingSince !== undefined || overSince !== undefined,
    settled: () => overSince !== undefined && performance.now() - overSince > settleMs,
  };
}

/** Nothing of the Job is there, and it never was seen. */
export function goneExit(): AttemptExit {
  return { kind: "failed", failure: nothingLeft() };
}

interface Cursor {
  /** The number of the last line that was told. */
  last: number;
  /** Its time. */
  at?: string;
}

/** Reads one log stream to its end, whatever that is; false: it broke. */
async function* readLog(follow: Follow, cursor: Cursor, pod: string, live: boolean): AsyncGenerator<FollowedItem, boolean> {
  const { api, namespace, rhythm, signal } = follow;
  const query: Record<string, string> = { container: CONTAINER, timestamps: "true" };
  if (live) query.follow = "true";
  if (cursor.at !== undefined) query.sinceTime = sinceTimeOf(cursor.at);
  const stop = new AbortController();
  try {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
    for await (const raw of api.lines(path, query, { signal: AbortSignal.any([signal, stop.signal]), idleMs: rhythm.silentMs })) {
      const line = parsePodLine(raw);
      if (line === undefined || line.n <= cursor.last) continue;
      if (line.n > cursor.last + 1) yield* fillGap(follow, cursor, line.n - 1, live);
      cursor.last = line.n;
      cursor.at = line.at;
      yield { type: "lines", lines: [{ n: line.n, text: line.text }] };
      if (signal.aborted) return false;
    }
    return true;
  } catch (error) {
    // Only the pod's own state says whether it goes on; the next look will.
    if (!(error instanceof ClusterError) && !signal.aborted) throw error;
    if (!signal.aborted) await pause(Math.min(rhythm.lookMs, 200), undefined, { signal }).catch(() => undefined);
    return false;
  } finally {
    stop.abort();
  }
}

/** Lines up to `to` that the node has thrown away, from whoever still has them. What nobody has is named. */
async function* fillGap({ name, exchange, rhythm }: Follow, cursor: Cursor, to: number, live: boolean): AsyncGenerator<FollowedItem> {
  const from = cursor.last + 1;
  const sent = live ? await exchange.askLines(name, from, to, rhythm.gapMs) : undefined;
  const found = sent?.length === to - from + 1 ? sent : await exchange.endLines(name, from, to);
  let missing = 0;
  const lines = found.flatMap((text, at): SpooledLine[] => {
    if (text === undefined) missing += 1;
    return text === undefined ? [] : [{ n: from + at, text }];
  });
  if (missing > 0) {
    const message = `${missing} lines of this agent's output are lost: its node threw them away before they could be read.`;
    lines.push({ n: to, text: JSON.stringify({ type: "warning.raised", message }) });
  }
  cursor.last = to;
  yield { type: "lines", lines };
}

/** At the end: the pod's program says in its last word how many lines there were. */
async function* settleLines(follow: Follow, cursor: Cursor, message: string | undefined): AsyncGenerator<FollowedItem> {
  const count = lastWord(message)?.lines ?? (await follow.exchange.end(follow.name))?.lines ?? 0;
  if (count > cursor.last) yield* fillGap(follow, cursor, count, false);
}

/** The executor's own word in an attempt's output. */
function progressLine(text: string): string {
  return JSON.stringify({ type: "log.line", stream: "stderr", text: `pod: ${text}` });
}

/** Tells each reason for waiting once, when it has stood long enough, and when patience with it is over. */
function noteWaits(): { look(wait: PodWait | undefined): { told?: string; failure?: Failure } } {
  let message: string | undefined;
  let since = 0;
  let said = false;
  return {
    look(wait) {
      if (wait?.failure.message !== message) {
        message = wait?.failure.message;
        since = performance.now();
        said = false;
      }
      if (wait === undefined) return {};
      const waited = performance.now() - since;
      const over = waited >= wait.patienceMs;
      const told = !said && (over || waited >= wait.quietMs) ? wait.text : undefined;
      said ||= told !== undefined;
      return over ? { told, failure: wait.failure } : { told };
    },
  };
}
