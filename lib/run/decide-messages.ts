import type { Rejection, RunCommand } from "./commands";
import type { NewRunEvent } from "./events";
import type { Continuation } from "./message-events";
import { isWaiting, waitingMessages } from "./message-state";
import { isTerminal, type RunState, type VariationState } from "./state";

type MessageCommand = Extract<RunCommand, { type: "message.send" | "message.withdraw" | "comment.resolve" | "comment.reopen" }>;
type Decision = { events: NewRunEvent[] } | { rejected: Rejection };

/**
 * A message and what follows from it. Who has ended goes on at once, with everything that still waits for it; who works is given it when this
 * attempt has ended (`followUp`). Both are one decision with the fact they follow from: a crash in between cannot lose a message or give it twice.
 */
export function decideMessage(state: RunState, command: MessageCommand, at: number): Decision {
  switch (command.type) {
    case "message.send":
      return send(state, command, at);
    case "message.withdraw": {
      const message = state.messages.find(({ id }) => id === command.id);
      if (message === undefined) return rejected("not_found", "This run has no such message.");
      const { variation } = command;
      const from = message.to.filter((to) => isWaiting(message, to) && (variation === undefined || to === variation));
      if (from.length > 0) return { events: [{ at, event: { type: "message.withdrawn", id: message.id, from, by: command.by } }] };
      const gone = message.to.every((to) => message.withdrawn.includes(to));
      return gone ? { events: [] } : rejected("conflict", "It was delivered already: send another message instead.");
    }
    case "comment.resolve":
    case "comment.reopen": {
      const known = state.messages.some(({ comments }) => comments.some(({ id }) => id === command.id));
      if (!known) return rejected("not_found", "This run has no such comment.");
      const resolve = command.type === "comment.resolve";
      if (resolve === state.resolved.includes(command.id)) return { events: [] };
      return { events: [{ at, event: { type: resolve ? "comment.resolved" : "comment.reopened", id: command.id, by: command.by } }] };
    }
  }
}

function send(state: RunState, command: Extract<MessageCommand, { type: "message.send" }>, at: number): Decision {
  const { id, text, by, comments, requestHash } = command;
  if (state.messages.some((message) => message.id === id)) return { events: [] };
  const unknown = command.to.find((index) => state.variations[index] === undefined);
  if (unknown !== undefined)
    return rejected("not_found", `This run has no variation ${unknown}: it has 0 to ${state.variations.length - 1}.`);
  const to = [...new Set(command.to)].sort((one, other) => one - other);
  const sent: NewRunEvent = {
    at,
    event: { type: "message.sent", id, text, to, by, requestHash, ...(comments.length === 0 ? {} : { comments }) },
  };
  const ended = state.variations.filter(({ index, status }) => to.includes(index) && isTerminal(status));
  const begun = ended.map((variation) => {
    const messages = [...waitingMessages(state, variation.index).map((message) => message.id), id];
    return requeued(variation, at, { commit: variation.snapshot?.commit, messages });
  });
  return { events: [sent, ...begun] };
}

/**
 * What comes right after an attempt's end: the next one, where messages wait. Not after a stop: whoever stops an agent does not want it to
 * start again by itself; its messages are kept until somebody writes to it again or takes them back.
 */
export function followUp(state: RunState, variation: VariationState, at: number): NewRunEvent[] {
  const messages = waitingMessages(state, variation.index).map(({ id }) => id);
  if (messages.length === 0 || variation.stopRequested || state.stopRequested) return [];
  return [requeued(variation, at, { commit: variation.snapshot?.commit, messages })];
}

/** Events, spool, token and cursor belong to an attempt: from here on the next one's number stands on everything. */
export function requeued({ index, attempt }: VariationState, at: number, continues?: Continuation): NewRunEvent {
  return {
    at,
    variation: index,
    attempt: attempt + 1,
    event: { type: "variation.requeued", ...(continues === undefined ? {} : { continues }) },
  };
}

function rejected(code: Rejection["code"], message: string): { rejected: Rejection } {
  return { rejected: { code, message } };
}
