import type { Rejection, RunCommand, VariationOutcome } from "./commands";
import { compositionOf } from "./composition";
import { decideComposition } from "./decide-composition";
import { decideFit } from "./decide-fit";
import { decideLanding } from "./decide-landing";
import { decideMessage, followUp } from "./decide-messages";
import { retryRun, retryVariation } from "./decide-retry";
import type { NewRunEvent, RunEventBody } from "./events";
import type { Failure } from "./failures";
import { allWork, workOf } from "./fit-state";
import { variationLetter } from "./select";
import { isTerminal, type RunState, type VariationState } from "./state";

export type Decision = { events: NewRunEvent[] } | { rejected: Rejection };

/**
 * What follows from a command in a state: events to append (none: already so), or a rejection. Pure; doing (starting a process, making a
 * tree) *reacts* to the events, so that a crash between deciding and doing is recoverable.
 */
export function decideRun(state: RunState, command: RunCommand, at: number): Decision {
  const run = (...bodies: RunEventBody[]): Decision => ({ events: bodies.map((event) => ({ at, event })) });
  switch (command.type) {
    case "run.pin_base": {
      // A run that was stopped while its repository was fetched stays ended.
      if (state.base !== undefined || isTerminal(state.status)) return run();
      const { commit, branch, submodules, lfsPointers } = command;
      return run({ type: "run.base_pinned", commit, branch, submodules, lfsPointers }, { type: "run.started" });
    }
    case "run.fail":
      return isTerminal(state.status)
        ? run()
        : {
            events: [
              ...endAll(state, { kind: "failed", failure: command.failure }, at),
              { at, event: { type: "run.failed", failure: command.failure } },
            ],
          };
    case "run.stop":
      return stopRun(state, at);
    case "run.pause":
      return isTerminal(state.status) ? run() : run({ type: "run.paused", until: command.until, reason: command.reason });
    case "run.resume":
      return isTerminal(state.status) || state.paused === undefined ? run() : run({ type: "run.resumed" });
    case "run.settle":
      return settle(state, at);
    case "run.select": {
      const { winner, composition, reason, branch, commit, by } = command;
      if (winner !== undefined && state.variations[winner] === undefined) return noVariation(state, winner);
      if (composition !== undefined && compositionOf(state.compositions, composition)?.deleted !== false) {
        return { rejected: { code: "not_found", message: `This run has no composition ${composition}.` } };
      }
      return run({ type: "selection.made", winner, composition, reason, branch, commit, by });
    }
    case "run.land":
    case "run.land_finish":
    case "run.land_fail": {
      const decision = decideLanding(state, command);
      return "rejected" in decision ? decision : run(...decision.bodies);
    }
    case "message.send":
    case "message.withdraw":
    case "comment.resolve":
    case "comment.reopen":
      return decideMessage(state, command, at);
    case "composition.create":
    case "composition.change":
    case "composition.rename":
    case "composition.delete": {
      const decision = decideComposition(state, command);
      return "rejected" in decision ? decision : run(...decision.bodies);
    }
    case "fit.request":
    case "fit.take":
    case "fit.discard":
      return decideFit(state, command, at);
    case "run.retry":
      return retryRun(state, at);
    case "variation.move":
    case "variation.retry":
    case "variation.prepare":
    case "variation.start":
    case "variation.finish":
    case "variation.stop":
      return decideVariation(state, command, at);
  }
}

type VariationCommand = Extract<RunCommand, { type: `variation.${string}` }>;

function decideVariation(state: RunState, command: VariationCommand, at: number): Decision {
  const variation = workOf(state, command.variation);
  if (variation === undefined) return noVariation(state, command.variation);
  const say = (event: RunEventBody): NewRunEvent => ({ at, variation: variation.index, attempt: variation.attempt, event });
  switch (command.type) {
    case "variation.move": {
      // It may have been stopped, or its turn may have come, since the queue said so.
      if (variation.status !== "queued" || variation.queuePosition === command.position) return { events: [] };
      return { events: [say({ type: "variation.queued", position: command.position })] };
    }
    case "variation.prepare":
      return { events: variation.status === "queued" ? [say({ type: "variation.preparing" })] : [] };
    case "variation.start": {
      if (variation.attempt !== command.attempt || variation.status !== "preparing") return { events: [] };
      return { events: [say({ type: "variation.started", executor: command.executor, sandbox: command.sandbox })] };
    }
    case "variation.finish": {
      // Exactly one terminal event per attempt: whoever comes second finds it decided.
      if (variation.attempt !== command.attempt || isTerminal(variation.status)) return { events: [] };
      const ended = say(terminal(variation.stopRequested ? { kind: "cancelled" } : command.outcome));
      return { events: [ended, ...followUp(state, variation, at)] };
    }
    case "variation.stop":
      return stopVariation(state, variation, at);
    case "variation.retry":
      // A fit is asked for anew: the composition may be another one by now.
      return state.variations[variation.index] === undefined ? noVariation(state, variation.index) : retryVariation(variation, at);
  }
}

function terminal(outcome: VariationOutcome): RunEventBody {
  switch (outcome.kind) {
    case "completed":
      return { type: "variation.completed", summary: outcome.summary };
    case "failed":
      return { type: "variation.failed", failure: outcome.failure };
    case "cancelled":
      return { type: "variation.cancelled" };
  }
}

function stopVariation(state: RunState, variation: VariationState, at: number): Decision {
  if (isTerminal(variation.status)) {
    return { rejected: { code: "conflict", message: `${calledIn(state, variation)} has already ended.` } };
  }
  if (variation.stopRequested) return { events: [] };
  const route = { at, variation: variation.index, attempt: variation.attempt };
  const events: NewRunEvent[] = [{ ...route, event: { type: "variation.stop_requested" } }];
  // A queued variation has no process: it ends here and now.
  if (variation.status === "queued") events.push({ ...route, event: { type: "variation.cancelled" } });
  return { events };
}

function stopRun(state: RunState, at: number): Decision {
  if (isTerminal(state.status)) return { rejected: { code: "conflict", message: "The run has already ended." } };
  const events: NewRunEvent[] = state.stopRequested ? [] : [{ at, event: { type: "run.stop_requested" } }];
  for (const variation of allWork(state)) {
    const decision = isTerminal(variation.status) ? { events: [] } : stopVariation(state, variation, at);
    if ("events" in decision) events.push(...decision.events);
  }
  return { events };
}

/** Ends every variation that has not ended yet. */
function endAll(state: RunState, outcome: VariationOutcome, at: number): NewRunEvent[] {
  return allWork(state)
    .filter(({ status }) => !isTerminal(status))
    .map(({ index, attempt, stopRequested }) => ({
      at,
      variation: index,
      attempt,
      event: terminal(stopRequested ? { kind: "cancelled" } : outcome),
    }));
}

/** A run ends when no attempt is live, of a fit neither: completed with one success, cancelled when a person stopped it and none completed, else failed. */
function settle(state: RunState, at: number): Decision {
  if (isTerminal(state.status) || !allWork(state).every(({ status }) => isTerminal(status))) return { events: [] };
  return { events: [{ at, event: runEnd(state) }] };
}

function runEnd({ variations }: RunState): RunEventBody {
  if (variations.some(({ status }) => status === "completed")) return { type: "run.completed" };
  if (variations.some(({ status }) => status === "cancelled")) return { type: "run.cancelled" };
  const failure: Failure = {
    code: "no_variation",
    message: variations.length === 1 ? "The only variation failed." : `All ${variations.length} variations failed.`,
    remedy: "Each pane says what happened there and what to do next.",
  };
  return { type: "run.failed", failure };
}

function calledIn(state: RunState, { index }: VariationState): string {
  return state.variations[index] === undefined ? "The agent" : `Variation ${variationLetter(index)}`;
}

function noVariation(state: RunState, index: number): Decision {
  const range = state.variations.length === 1 ? "only 0" : `0 to ${state.variations.length - 1}`;
  return { rejected: { code: "not_found", message: `This run has no variation ${index}: it has ${range}.` } };
}
