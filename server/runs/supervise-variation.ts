import { randomBytes } from "node:crypto";
import { type AgentEnd, parseAgentLine } from "@/lib/protocol/agent-lines";
import type { VariationOutcome } from "@/lib/run/commands";
import type { AgentEvent, NewRunEvent } from "@/lib/run/events";
import type { Failure } from "@/lib/run/failures";
import { workOf } from "@/lib/run/fit-state";
import { jobName } from "@/lib/run/select";
import { isTerminal, type RunState } from "@/lib/run/state";
import type { AttachItem, AttemptExit, AttemptSpec, ExecutorRef } from "../executors/executor";
import { tokenHash } from "./attempt-token";
import { boundEnd, boundOutput, filterOutput } from "./bound-output";
import { coalesceDeltas } from "./coalesce-deltas";
import { followUpOf } from "./follow-up-task";
import { noticeLoops } from "./notice-loops";
import type { AttemptPlace, RunContext } from "./run-context";
import { storageFailure, untilStored } from "./storage-failure";
import { createSnapshotTaker, type SnapshotTaker } from "./take-snapshots";

/** Stands in for limits that a request leaves open. */
/** Of a variation, where its line-up names none. */
export const DEFAULT_LIMITS = { turns: 60, minutes: 30 };

/**
 * Takes one attempt from where the log says it is to its terminal event: prepare, start, follow the output, snapshot, finish. Safe to call
 * again after a crash at any point; resolves early, with the sandbox left running, when the server drains.
 */
export async function superviseVariation(server: RunContext, place: AttemptPlace, mirrorPath: string): Promise<void> {
  const { writer, executor, draining } = server;
  const state = await writer.state(place.runId);
  const variation = state === undefined ? undefined : workOf(state, place.variation);
  if (state?.base === undefined || variation === undefined || isTerminal(variation.status)) return;
  // The project's secrets are looked for as well: as they are when the attempt begins.
  const redaction = (await server.environments?.redactionFor(state.projectId)) ?? server.redaction;
  const context = { ...server, redaction };
  const spec = await attemptSpec(context, state, place, mirrorPath, state.base.commit);
  const snapshots = createSnapshotTaker(context, place, spec);
  let outcome: VariationOutcome | undefined;
  let ref: ExecutorRef | undefined;
  try {
    ref = await startOrFind(context, place, spec, state);
    outcome = ref === undefined ? { kind: "cancelled" } : await follow(context, place, ref, snapshots);
  } catch (error) {
    context.log.error({ err: error, ...place }, "supervising a variation failed");
    outcome = draining.aborted ? undefined : { kind: "failed", failure: context.redaction.redactStrings(failureOf(error)) };
    // Nobody follows it any more: what it did from here on nobody would ever see.
    if (outcome !== undefined && ref !== undefined) await stopQuietly(context, place, ref);
  }
  if (outcome === undefined) {
    snapshots.cancel();
    return;
  }
  // Without a process there was no work: nothing to keep.
  const kept = ref === undefined || (await snapshots.takeFinal());
  const { runId, variation: index, attempt } = place;
  const last = outcome;
  await untilStored(() => writer.command(runId, { type: "variation.finish", variation: index, attempt, outcome: last }), draining);
  await untilStored(() => writer.command(runId, { type: "run.settle" }), draining);
  // The tree goes only once its work is in the run's repository; otherwise it stays where it is.
  if (kept) await executor.cleanup(spec.name);
}

/** Resolves to undefined when the variation was stopped before its process was there. */
async function startOrFind(context: RunContext, place: AttemptPlace, bare: AttemptSpec, state: RunState): Promise<ExecutorRef | undefined> {
  const { writer, executor, index } = context;
  const { runId, variation, attempt } = place;
  const record = await index.getAttempt(runId, variation, attempt);
  if (record?.executorRef !== undefined) {
    const ref = JSON.parse(record.executorRef) as ExecutorRef;
    // Of what is lost nothing went on: its end says so.
    if (await executor.alive(ref)) {
      await writer.record(runId, [{ at: context.now(), variation, attempt, event: { type: "variation.reattached" } }]);
    }
    // The server died between the wish to stop and the stop.
    if (await stopWanted(context, place)) await executor.stop(ref);
    return ref;
  }
  // Started, but the server died before it could say so: found by its deterministic name, never started twice.
  const adopted = await executor.adopt(bare.name);
  await writer.command(runId, { type: "variation.prepare", variation });
  let spec = bare;
  if (adopted === undefined) {
    if (context.environments !== undefined) {
      const environment = await context.environments.prepare(place, state, bare.mirrorPath);
      if (environment === undefined || (await stopWanted(context, place))) return undefined;
      spec = { ...bare, environment };
    }
    await executor.prepare(spec);
    if (await stopWanted(context, place)) return undefined;
    const { model } = spec.task;
    await index.issueToken({ runId, variation, attempt, model, tokenHash: tokenHash(spec.token) });
  }
  const ref = adopted ?? (await executor.start(spec));
  await index.saveExecutorRef(runId, variation, attempt, JSON.stringify(ref));
  const { summary } = await executor.report();
  await writer.command(runId, { type: "variation.start", variation, attempt, executor: executor.kind, sandbox: summary });
  // Asked to stop between the check above and the start: the process is there by now and ends like any other.
  if (await stopWanted(context, place)) await executor.stop(ref);
  return ref;
}

async function stopWanted({ writer }: RunContext, { runId, variation }: AttemptPlace): Promise<boolean> {
  const state = await writer.state(runId);
  return state !== undefined && workOf(state, variation)?.stopRequested === true;
}

/** Logs every line once, in order; undefined when the server drains before the exit. */
async function follow(
  context: RunContext,
  place: AttemptPlace,
  ref: ExecutorRef,
  snapshots: SnapshotTaker,
): Promise<VariationOutcome | undefined> {
  const { writer, executor, index, now, draining, redaction } = context;
  const { runId, variation, attempt } = place;
  const stored = (await index.getAttempt(runId, variation, attempt))?.line ?? 0;
  let cursor = stored;
  /** Aborted when the log takes no more: to go on would only lose more of what the agent says. */
  const refused = new AbortController();
  const filter = filterOutput([redaction.attempt(), boundOutput()], stored);
  const coalescer = coalesceDeltas(async ({ events, line }) => {
    const at = now();
    const placed = events.map((event): NewRunEvent => ({ at, variation, attempt, event }));
    try {
      await writer.record(runId, placed, { variation, attempt, from: cursor, to: line });
    } catch (error) {
      refused.abort();
      throw error;
    }
    cursor = line;
  });
  let end: AgentEnd | undefined;
  let exit: AttemptExit | undefined;
  const loops = noticeLoops();
  let stalled: Failure | undefined;
  // From the first line, also after a restart: only so do the filters know where they were.
  for await (const item of executor.attach(ref, { fromLine: 1, signal: AbortSignal.any([draining, refused.signal]) })) {
    const taken = takeItem(item);
    if (taken.kind === "exit") exit = taken.exit;
    else if (taken.kind === "end") end = boundEnd(redaction.redactStrings(taken.end));
    else {
      coalescer.push(filter.push(taken.event, taken.line), taken.line);
      if (taken.line > stored || taken.event.type === "tool.started") snapshots.notice(taken.event);
      const repeated = loops.push(taken.event);
      if (repeated !== undefined) {
        stalled = repeated;
        await executor.stop(ref);
      }
    }
  }
  if (exit !== undefined) {
    const rest = filter.flush();
    coalescer.push(rest.events, rest.line);
  }
  await coalescer.flush();
  if (exit === undefined) return undefined;
  // What it still said of itself, it had said before it was stopped.
  const outcome: VariationOutcome =
    stalled !== undefined && end === undefined ? { kind: "failed", failure: stalled } : outcomeOf(exit, end);
  return redaction.redactStrings(outcome);
}

type Taken = { kind: "exit"; exit: AttemptExit } | { kind: "end"; end: AgentEnd } | { kind: "event"; event: AgentEvent; line: number };

/** The agent's last word is not logged as such and its line stays ahead of the cursor: it is read again after a crash. */
function takeItem(item: AttachItem): Taken {
  if (item.type === "exit") return { kind: "exit", exit: item.exit };
  const line = parseAgentLine(item.line.text);
  if (line.type === "agent.finished" || line.type === "agent.failed") return { kind: "end", end: line };
  return { kind: "event", event: line, line: item.line.line };
}

/** What the agent said counts; without a word of its own, how the process ended does. */
function outcomeOf(exit: AttemptExit, end: AgentEnd | undefined): VariationOutcome {
  if (end?.type === "agent.finished") return { kind: "completed", summary: end.summary };
  if (end?.type === "agent.failed") return { kind: "failed", failure: end.failure };
  switch (exit.kind) {
    case "failed":
      return { kind: "failed", failure: exit.failure };
    case "signalled": {
      const message = `The agent was ended by ${exit.signal} before it was done.`;
      return {
        kind: "failed",
        failure: { code: "agent_killed", message, remedy: "What it had written is kept: open the diff, or run again." },
      };
    }
    case "exited": {
      const message = `The agent ended with exit code ${exit.code} without saying that it was done.`;
      return {
        kind: "failed",
        failure: { code: "agent_crashed", message, remedy: "The last lines of its pane say more. What it had written is kept." },
      };
    }
  }
}

async function stopQuietly({ executor, log }: RunContext, place: AttemptPlace, ref: ExecutorRef): Promise<void> {
  await executor.stop(ref).catch((error: unknown) => log.error({ err: error, ...place }, "a sandbox could not be stopped"));
}

function failureOf(error: unknown): Failure {
  const storage = storageFailure(error);
  if (storage !== undefined) return storage;
  const detail = error instanceof Error ? error.message : String(error);
  return {
    code: "sandbox",
    message: "The sandbox could not do its work.",
    remedy: "Read the detail, then start the run again.",
    detail: detail.slice(0, 2_000),
  };
}

async function attemptSpec(
  context: RunContext,
  state: RunState,
  place: AttemptPlace,
  mirrorPath: string,
  baseCommit: string,
): Promise<AttemptSpec> {
  const { runId, variation, attempt } = place;
  const current = workOf(state, variation);
  const fit = state.fits.find(({ index }) => index === variation);
  const spec = current?.spec;
  const start = current?.continues?.snapshot?.commit;
  return {
    name: jobName(runId, variation, attempt),
    mirrorPath,
    baseCommit,
    // One that came to nothing so far begins at the base like any other.
    ...(start === undefined || start === baseCommit
      ? {}
      : { start: { commit: start, pack: () => context.git.packCommits(runId, [start], [baseCommit]) } }),
    token: randomBytes(32).toString("base64url"),
    images: (state.images ?? []).map(({ mediaType }, at) => ({ hostPath: context.images.path(runId, at), mediaType })),
    task: {
      runId,
      variation,
      attempt,
      prompt: fit?.task ?? state.prompt,
      followUp: current === undefined ? undefined : followUpOf(current),
      model: spec?.model ?? "demo",
      temperature: spec?.temperature,
      instructions: spec?.instructions,
      limits: { ...DEFAULT_LIMITS, ...spec?.limits },
      workspace: "/workspace",
      commandsAllowed: await context.commandsAllowed(),
    },
  };
}
