import type { Rejection, RunCommand } from "./commands";
import { compositionOf } from "./composition";
import { decideComposition } from "./decide-composition";
import type { NewRunEvent, RunEventBody } from "./events";
import { FIT_INDEX, type Fit, fitOf, MAX_FITS } from "./fit-state";
import { isTerminal, type RunState } from "./state";

type FitCommand = Extract<RunCommand, { type: `fit.${string}` }>;
type Decision = { events: NewRunEvent[] } | { rejected: Rejection };

/** One fit of a composition at a time, and what it did is taken or discarded once. Taking it and the change of the composition are one decision. */
export function decideFit(state: RunState, command: FitCommand, at: number): Decision {
  const say = (...bodies: RunEventBody[]): Decision => ({ events: bodies.map((event) => ({ at, event })) });
  const composition = compositionOf(state.compositions, command.number);
  if (composition?.deleted !== false) return rejected("not_found", `This run has no composition ${command.number}.`);
  if (command.type === "fit.request") return request(state, command, at);
  const fit = state.fits.find(({ index }) => index === command.fit);
  if (fit === undefined) return rejected("not_found", `Nobody was asked to fit composition ${command.number} together.`);
  if (!isTerminal(fit.work.status)) return rejected("conflict", "The agent is still at work: wait for its end, or stop it.");
  const { number, by } = command;
  switch (command.type) {
    case "fit.take": {
      if (fit.decision !== undefined) return rejected("conflict", settled(fit));
      const { version, files, snapshot, paths } = command;
      const changed = decideComposition(state, { type: "composition.change", number, version, files, snapshot, by });
      if ("rejected" in changed) return changed;
      return say(...changed.bodies, { type: "fit.taken", number, fit: fit.index, version: version + 1, paths, by });
    }
    case "fit.discard":
      if (fit.decision?.kind === "taken") return rejected("conflict", settled(fit));
      return fit.decision === undefined ? say({ type: "fit.discarded", number, fit: fit.index, by }) : say();
  }
}

function request(state: RunState, command: Extract<FitCommand, { type: "fit.request" }>, at: number): Decision {
  const { number, version } = command;
  const composition = compositionOf(state.compositions, number);
  if (composition?.version !== version) {
    return rejected("conflict", `Composition ${number} was changed meanwhile: it is at version ${composition?.version}. Ask again.`);
  }
  const before = fitOf(state, number);
  if (before !== undefined && !isTerminal(before.work.status)) {
    return rejected("conflict", `An agent fits composition ${number} together already: wait for its end, or stop it.`);
  }
  if (state.fits.length >= MAX_FITS) {
    return rejected("conflict", `Agents have fitted compositions of this run together ${MAX_FITS} times: go on by hand, or in a new run.`);
  }
  const fit = FIT_INDEX + state.fits.length;
  const { type: _, ...asked } = command;
  const discarded: NewRunEvent[] =
    before !== undefined && before.decision === undefined
      ? [{ at, event: { type: "fit.discarded", number, fit: before.index, by: command.by } }]
      : [];
  return {
    events: [
      ...discarded,
      { at, event: { type: "fit.requested", fit, ...asked } },
      { at, variation: fit, attempt: 0, event: { type: "variation.queued" } },
    ],
  };
}

function settled({ number, decision }: Fit): string {
  const word = decision?.kind === "taken" ? "taken" : "discarded";
  return `What the agent did to composition ${number} was ${word} already. Ask again for another try.`;
}

function rejected(code: Rejection["code"], message: string): { rejected: Rejection } {
  return { rejected: { code, message } };
}
