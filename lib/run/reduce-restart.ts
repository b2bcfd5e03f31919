import type { RunEventBody } from "./events";
import type { Restart } from "./state";

/** Milliseconds within which re-attachments and losses belong to one restart: all are known seconds after it. */
const ONE_RESTART_MS = 30_000;

/** Gathers what a restart did to the variations of a run, event by event; same reference when the event has nothing to do with one. */
export function reduceRestart(
  restart: Restart | undefined,
  event: RunEventBody,
  { at, seq, variation }: { at: number; seq: number; variation: number },
): Restart | undefined {
  const reattached = event.type === "variation.reattached";
  const lost = event.type === "variation.failed" && event.failure.code === "lost";
  if (!reattached && !lost) return restart;
  const same = restart !== undefined && Math.abs(at - restart.at) < ONE_RESTART_MS;
  const before = same ? restart : { seq, at, reattached: [], lost: [] };
  const others = (list: readonly number[]): number[] => list.filter((index) => index !== variation);
  // Attached again and found dead a moment later counts as lost.
  return reattached
    ? { ...before, reattached: [...others(before.reattached), variation].sort() }
    : { ...before, reattached: others(before.reattached), lost: [...others(before.lost), variation].sort() };
}
