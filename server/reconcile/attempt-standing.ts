import { workOf } from "@/lib/run/fit-state";
import { isTerminal, type RunState } from "@/lib/run/state";
import type { RunIndex } from "../storage/run-index";

/** What the log says of the attempt that a folder, a process or a control group is named after. */
export type AttemptStanding =
  /** Queued, preparing or running. */
  | { kind: "live" }
  | {
      kind: "ended";
      runId: string;
      variation: number;
      attempt: number;
      /** ms since the epoch; absent for an attempt that a later one followed. */
      endedAt?: number;
      /** Commit of the last snapshot: with it in the run's repository nothing of the tree is unsaved. */
      finalCommit?: string;
    }
  /** There is no such run. */
  | { kind: "unknown" }
  /** The run is there, but has no such attempt: not ours to judge. */
  | { kind: "foreign" };

export interface StandingPorts {
  index: Pick<RunIndex, "getRun">;
  writer: { state(runId: string): Promise<RunState | undefined> };
  /** Set-ups go by names of their own, beside those of attempts. */
  environments?: { isSettingUp(name: string): boolean };
}

/** `agent-{run}-{index}[-{attempt}]`, as `jobName` makes it. */
const ATTEMPT = /^agent-([a-z0-9]{12,24})-(\d{1,2})(?:-(\d{1,4}))?$/;
const OF_RUN = /^agent-([a-z0-9]{12,24})(?:-|$)/;

/** Looks an attempt's name up, anew at each call: what was live a moment ago may have ended, and the other way round. */
export async function attemptStanding({ index, writer, environments }: StandingPorts, name: string): Promise<AttemptStanding> {
  if (environments?.isSettingUp(name) === true) return { kind: "live" };
  const runId = OF_RUN.exec(name)?.[1];
  if (runId === undefined || (await index.getRun(runId)) === undefined) return { kind: "unknown" };
  const [, , place = "", count = "0"] = ATTEMPT.exec(name) ?? [];
  const [number, attempt] = [Number(place), Number(count)];
  const state = await writer.state(runId);
  const variation = place === "" || state === undefined ? undefined : workOf(state, number);
  if (variation === undefined || attempt > variation.attempt) return { kind: "foreign" };
  if (attempt < variation.attempt) return { kind: "ended", runId, variation: number, attempt };
  if (!isTerminal(variation.status)) return { kind: "live" };
  const { endedAt, snapshot } = variation;
  return {
    kind: "ended",
    runId,
    variation: number,
    attempt,
    endedAt,
    finalCommit: snapshot?.reason === "final" ? snapshot.commit : undefined,
  };
}
