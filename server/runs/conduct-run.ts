import type { Failure } from "@/lib/run/failures";
import { allWork, workOf } from "@/lib/run/fit-state";
import { jobName } from "@/lib/run/select";
import { isTerminal } from "@/lib/run/state";
import { isAppError } from "../app-error";
import type { AttemptPlace, RunContext } from "./run-context";
import { storageFailure, untilStored } from "./storage-failure";
import { superviseVariation } from "./supervise-variation";

/** Everything of a run that happens after the answer 202: fetch, pin, queue, supervise. */
export interface RunConductor {
  /**
   * Takes the run from where its log says it is to its end; in the background, also after a restart. `started`: names of its attempts that
   * run since before the restart. They have their places when this returns, whoever else waits for one.
   */
  conduct(runId: string, started?: readonly string[]): void;
  /** Reacts to a stop that has been decided: leaves the queue, ends the process. */
  stop(runId: string, variation: number): Promise<void>;
  /** Resolves when everything that was under way has let go. */
  settled(): Promise<void>;
}

/** See `RunConductor`. */
export function createRunConductor(context: RunContext): RunConductor {
  const { writer, executor, index, queue, log, draining } = context;
  const underway = new Set<Promise<void>>();
  /** Aborts the wait in the queue, by variation. */
  const queued = new Map<string, AbortController>();
  /** Attempts that somebody looks after: a run that is taken up again leaves them alone. */
  const supervised = new Set<string>();

  function background(task: Promise<void>, what: object): void {
    const guarded = task.catch((error: unknown) => log.error({ err: error, ...what }, "a run's background work failed"));
    underway.add(guarded);
    void guarded.then(() => underway.delete(guarded));
  }

  /** A run may be taken up again while its repository is still being fetched. */
  const pinning = new Map<string, Promise<string | undefined>>();
  function pinOnce(runId: string): Promise<string | undefined> {
    const known = pinning.get(runId);
    if (known !== undefined) return known;
    const pinned = pin(context, runId).finally(() => pinning.delete(runId));
    pinning.set(runId, pinned);
    return pinned;
  }

  async function conduct(runId: string, held: ReadonlyMap<string, () => void>): Promise<void> {
    const mirrorPath = await pinOnce(runId);
    const state = await writer.state(runId);
    if (mirrorPath === undefined || state === undefined) return;
    const open = allWork(state).filter(({ status }) => !isTerminal(status));
    if (open.length === 0) await writer.command(runId, { type: "run.settle" });
    const supervisions = open.map(({ index: variation, attempt }) => {
      const place = held.get(jobName(runId, variation, attempt));
      return superviseOn({ runId, variation, attempt }, mirrorPath, place);
    });
    await Promise.all(supervisions);
  }

  /** One attempt and those that follow from it by themselves: messages that waited for its end. */
  async function superviseOn(first: AttemptPlace, mirrorPath: string, held: (() => void) | undefined): Promise<void> {
    let place = first;
    let release = held;
    while (!draining.aborted) {
      await supervise(place, mirrorPath, release);
      release = undefined;
      const run = await writer.state(place.runId);
      const next = run === undefined ? undefined : workOf(run, place.variation);
      if (next === undefined || isTerminal(next.status) || next.attempt <= place.attempt) return;
      place = { ...place, attempt: next.attempt };
    }
  }

  async function supervise(place: AttemptPlace, mirrorPath: string, held: (() => void) | undefined): Promise<void> {
    const { runId, variation, attempt } = place;
    const key = jobName(runId, variation, attempt);
    if (supervised.has(key)) return;
    supervised.add(key);
    const leave = new AbortController();
    const drain = (): void => leave.abort();
    draining.addEventListener("abort", drain, { once: true });
    queued.set(key, leave);
    const moved = (position: number): void => {
      const told = writer.command(runId, { type: "variation.move", variation, position });
      background(
        told.then(() => undefined),
        { runId, variation },
      );
    };
    try {
      const release = held ?? (await queue.enter(key, { signal: leave.signal, moved }));
      queued.delete(key);
      try {
        await superviseVariation(context, place, mirrorPath);
      } finally {
        release();
      }
    } catch (error) {
      if (!leave.signal.aborted) throw error;
    } finally {
      queued.delete(key);
      supervised.delete(key);
      draining.removeEventListener("abort", drain);
    }
  }

  return {
    conduct(runId, started = []) {
      const held = new Map(started.map((name) => [name, queue.hold()]));
      const letGo = (): void => held.forEach((release) => release());
      // Also of an attempt that ended in between, or of a run that could not be taken up.
      background(conduct(runId, held).finally(letGo), { runId });
    },
    async stop(runId, variation) {
      const state = await writer.state(runId);
      const attempt = (state === undefined ? undefined : workOf(state, variation))?.attempt ?? 0;
      queued.get(jobName(runId, variation, attempt))?.abort();
      context.environments?.leave(runId, variation);
      const record = await index.getAttempt(runId, variation, attempt);
      if (record?.executorRef !== undefined) await executor.stop(JSON.parse(record.executorRef));
    },
    async settled() {
      while (underway.size > 0) await Promise.all(underway);
    },
  };
}

/** Fetches the repository and pins the base, once; answers the mirror. Undefined when the run ended over it, and its log says why. */
async function pin(context: RunContext, runId: string): Promise<string | undefined> {
  const { writer, git } = context;
  const state = await writer.state(runId);
  if (state === undefined || isTerminal(state.status)) return undefined;
  try {
    const address = await context.parseAddress(state.repositoryUrl);
    // After a restart the pinned base is all that is needed: upstream may be away.
    if (state.base !== undefined) return git.mirrorPath(address);
    const mirrorPath = await git.openMirror(address);
    const base = await git.pinBase(mirrorPath, runId, state.baseRef);
    await git.createRunRepository(runId, mirrorPath, base.commit);
    await writer.command(runId, { type: "run.pin_base", ...base });
    return mirrorPath;
  } catch (error) {
    context.log.warn({ err: error, runId }, "the base could not be pinned");
    await untilStored(() => writer.command(runId, { type: "run.fail", failure: repositoryFailure(error) }), context.draining);
    return undefined;
  }
}

function repositoryFailure(error: unknown): Failure {
  const storage = storageFailure(error);
  if (storage !== undefined) return storage;
  const message = error instanceof Error ? error.message : String(error);
  const remedy = "Check the address and the branch, then start the run again.";
  if (isAppError(error)) {
    const advice = error.fields[0]?.message ?? message;
    // An address that is refused says both in one sentence.
    return { code: "repository", message, remedy: advice === message ? remedy : advice };
  }
  return { code: "repository", message: "The repository could not be read.", remedy, detail: message.slice(0, 2_000) };
}
