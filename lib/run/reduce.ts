import { reduceChecks } from "./check-state";
import { reduceCompositions } from "./composition";
import type { RunEvent, RunEventBody } from "./events";
import { workOf } from "./fit-state";
import { reduceJudge } from "./judge-state";
import { reduceFit, withWork } from "./reduce-fit";
import { reduceLanding } from "./reduce-landing";
import { continued, deliverMessages, reduceMessage } from "./reduce-messages";
import { reduceRestart } from "./reduce-restart";
import { type OwnItems, ownItems, reduceTranscript } from "./reduce-transcript";
import { reduceSetup } from "./setup";
import { freshVariation, type RunState, type VariationState } from "./state";

type Body<T extends RunEventBody["type"]> = Extract<RunEventBody, { type: T }>;

/**
 * Folds events into state: the only place where facts become what a person sees, on the server and in the browser alike.
 * Pure; returns the same reference when nothing changed. Events with a `seq` already folded in are ignored, so that a replay that overlaps
 * is harmless; an event of a type this version does not know only moves `lastSeq`.
 */
export function reduceRun(state: RunState, events: readonly RunEvent[]): RunState {
  let next = state;
  const own = ownItems();
  for (const event of events) if (event.seq > next.lastSeq) next = { ...reduceOne(next, event, own), lastSeq: event.seq };
  return next;
}

function reduceOne(state: RunState, { event, at, seq, variation, attempt }: RunEvent, own: OwnItems): RunState {
  if (variation !== undefined) {
    const current = workOf(state, variation);
    if (current === undefined) return state;
    const moment: Moment = { at, seq, own, attempt: attempt ?? current.attempt, messages: state.messages };
    const changed = reduceVariation(current, event, moment);
    if (state.variations[variation] === undefined) return changed === current ? state : withWork(state, variation, changed);
    const restart = reduceRestart(state.restart, event, { at, seq, variation });
    const told = restart === state.restart ? state : { ...state, restart };
    const reopened = event.type === "variation.requeued" ? deliverMessages(reopen(told, at), event, variation, moment.attempt) : told;
    if (changed === current) return reopened;
    return { ...reopened, variations: state.variations.map((other, index) => (index === variation ? changed : other)) };
  }
  return reduceRunEvent(state, event, at, seq);
}

/** A retry or a follow-up continues a run that had ended. */
function reopen(state: RunState, at: number): RunState {
  const idleMs = state.idleMs + (state.endedAt === undefined ? 0 : Math.max(0, at - state.endedAt));
  const status = state.base === undefined ? "starting" : "running";
  return { ...state, status, idleMs, endedAt: undefined, failure: undefined, stopRequested: false };
}

function reduceRunEvent(state: RunState, event: RunEventBody, at: number, seq: number): RunState {
  switch (event.type) {
    case "run.created":
      return created(state, event, at);
    case "run.base_pinned":
      return {
        ...state,
        base: { commit: event.commit, branch: event.branch, submodules: event.submodules, lfsPointers: event.lfsPointers },
      };
    case "run.started":
      return { ...state, status: "running", startedAt: at };
    case "run.stop_requested":
      return { ...state, stopRequested: true };
    case "run.paused":
      return { ...state, paused: { until: event.until, reason: event.reason } };
    case "run.resumed":
      return { ...state, paused: undefined };
    case "run.completed":
      return { ...state, status: "completed", endedAt: at, paused: undefined };
    case "run.failed":
      return { ...state, status: "failed", endedAt: at, paused: undefined, failure: event.failure };
    case "run.cancelled":
      return { ...state, status: "cancelled", endedAt: at, paused: undefined };
    case "selection.made": {
      const { winner, composition, reason, branch, commit, by } = event;
      return { ...state, selection: { winner, composition, reason, branch, commit, by, at } };
    }
    case "check.queued":
    case "check.started":
    case "check.finished":
    case "check.compared":
    case "crosstest.queued":
    case "crosstest.started":
    case "crosstest.finished":
      return { ...state, checks: reduceChecks(state.checks, event, at) };
    case "judge.requested":
    case "judge.sampled":
    case "judge.sample_failed":
    case "judge.charged":
    case "judge.finished":
    case "judge.failed":
      return { ...state, reviews: reduceJudge(state.reviews, event, at) };
    case "setup.started":
    case "setup.output":
    case "setup.finished":
      return { ...state, setup: reduceSetup(state.setup, event, at) };
    case "landing.started":
    case "landing.finished":
    case "landing.failed":
      return { ...state, landings: reduceLanding(state.landings, event, at) };
    case "message.sent":
    case "message.withdrawn":
    case "comment.resolved":
    case "comment.reopened":
      return reduceMessage(state, event, { at, seq });
    case "composition.created":
    case "composition.changed":
    case "composition.renamed":
    case "composition.snapshot_taken":
    case "composition.deleted":
      return { ...state, compositions: reduceCompositions(state.compositions, event, at) };
    case "fit.requested":
    case "fit.taken":
    case "fit.discarded":
      return reduceFit(state, event, at);
    case "warning.raised":
      return { ...state, notices: [...state.notices, { seq, text: event.message }] };
    default:
      return state;
  }
}

function created(state: RunState, event: Body<"run.created">, at: number): RunState {
  const { prompt, projectId, repositoryUrl, repositoryName, baseRef, maxDollars, images } = event;
  const variations = event.variations.map((spec, index) => freshVariation(index, spec));
  const shown = images === undefined ? {} : { images };
  return { ...state, prompt, ...shown, projectId, repositoryUrl, repositoryName, baseRef, maxDollars, createdAt: at, variations };
}

/** When and where an event of a variation happened. */
interface Moment {
  at: number;
  seq: number;
  attempt: number;
  own: OwnItems;
  /** Of the run: what was said to its variations. */
  messages: RunState["messages"];
}

function reduceVariation(state: VariationState, event: RunEventBody, moment: Moment): VariationState {
  switch (event.type) {
    case "variation.queued":
      return { ...state, status: "queued", queuePosition: event.position };
    case "variation.requeued":
      return requeued(state, event, moment);
    case "variation.preparing":
      return { ...state, status: "preparing", queuePosition: undefined };
    case "variation.started":
      return { ...state, status: "running", startedAt: moment.at, executor: event.executor, sandbox: event.sandbox };
    case "variation.reattached":
      return notice(state, "info", "The server restarted; this variation went on and was attached again.", moment);
    case "variation.stop_requested":
      return { ...state, stopRequested: true };
    case "variation.completed":
      return { ...state, status: "completed", endedAt: moment.at, summary: event.summary };
    case "variation.failed":
      return { ...state, status: "failed", endedAt: moment.at, failure: event.failure };
    case "variation.cancelled":
      return { ...state, status: "cancelled", endedAt: moment.at };
    case "usage.recorded":
      return { ...state, usage: addUsage(state, event), turns: state.turns + 1 };
    case "snapshot.taken": {
      const { commit, tree, reason, files, added, deleted } = event;
      const mark = { seq: moment.seq, at: moment.at, attempt: moment.attempt, commit, tree, reason };
      return { ...state, snapshot: { commit, tree, reason, files, added, deleted }, snapshots: [...state.snapshots, mark] };
    }
    case "plan.updated":
      return { ...state, plan: event.items };
    case "file.changed":
      return { ...state, files: fileChanged(state.files, event) };
    case "model.retried":
      return { ...reduceItems(state, event, moment), retries: state.retries + 1 };
    case "warning.raised":
      return notice(state, "warning", event.message, moment);
    case "context.compacted":
      return notice(state, "info", compactedText(event), moment);
    case "text.delta":
    case "thinking.delta":
    case "tool.started":
    case "tool.output":
    case "tool.finished":
    case "output.truncated":
    case "log.line":
      return reduceItems(state, event, moment);
    default:
      return state;
  }
}

function compactedText({ tokens }: Body<"context.compacted">): string {
  const length = tokens === 0 ? "" : ` (${tokens.toLocaleString("en")} tokens)`;
  return `The conversation filled the model's window${length} and was replaced by a summary.`;
}

function reduceItems(state: VariationState, event: RunEventBody, moment: Moment): VariationState {
  const items = reduceTranscript(state.items, event, moment);
  return items === state.items ? state : { ...state, items };
}

function notice(state: VariationState, tone: "info" | "warning", text: string, { seq }: Moment): VariationState {
  return { ...state, items: [...state.items, { kind: "notice", seq, tone, text }] };
}

/** A new attempt keeps what was said and spent; it starts again on a fresh tree, or goes on in its own. */
function requeued(state: VariationState, event: Body<"variation.requeued">, { seq, attempt, messages }: Moment): VariationState {
  const fresh = { snapshot: undefined, files: {}, continues: undefined };
  const tree =
    event.continues === undefined
      ? { ...fresh, items: [...state.items, { kind: "attempt" as const, seq, attempt }] }
      : continued(state, event, messages, { seq, attempt });
  return {
    ...state,
    status: "queued",
    attempt,
    stopRequested: false,
    startedAt: undefined,
    endedAt: undefined,
    failure: undefined,
    summary: undefined,
    plan: [],
    ...tree,
  };
}

function addUsage({ usage }: VariationState, event: Body<"usage.recorded">): VariationState["usage"] {
  return {
    inputTokens: usage.inputTokens + event.inputTokens,
    outputTokens: usage.outputTokens + event.outputTokens,
    cacheReadTokens: usage.cacheReadTokens + event.cacheReadTokens,
    cacheWriteTokens: usage.cacheWriteTokens + event.cacheWriteTokens,
    dollars: usage.dollars + (event.dollars ?? 0),
    ...((usage.unpriced || event.dollars === null) && { unpriced: true }),
  };
}

/** Several edits of one file add up; what was added by this variation stays added. */
function fileChanged(files: VariationState["files"], event: Body<"file.changed">): VariationState["files"] {
  const before = files[event.path];
  const status = before?.status === "added" && event.status === "modified" ? "added" : event.status;
  const added = (before?.added ?? 0) + event.added;
  const deleted = (before?.deleted ?? 0) + event.deleted;
  return { ...files, [event.path]: { path: event.path, status, added, deleted } };
}
