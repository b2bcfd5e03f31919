import type { RunEventBody } from "./events";
import type { MessageEvent } from "./message-events";
import type { EndedBefore, RunMessage } from "./message-state";
import type { RunState, TranscriptItem, VariationState } from "./state";

/** Keeps what was said to variations, and which comments are settled; same reference when nothing changed. */
export function reduceMessage(state: RunState, event: MessageEvent, { at, seq }: { at: number; seq: number }): RunState {
  switch (event.type) {
    case "message.sent": {
      const { id, text, to, by, comments = [], requestHash } = event;
      if (state.messages.some((message) => message.id === id)) return state;
      const message: RunMessage = { id, seq, at, text, by, to, comments, requestHash, delivered: {}, withdrawn: [] };
      return { ...state, messages: [...state.messages, message] };
    }
    case "message.withdrawn": {
      const take = (message: RunMessage): RunMessage => ({ ...message, withdrawn: [...message.withdrawn, ...event.from] });
      return { ...state, messages: state.messages.map((message) => (message.id === event.id ? take(message) : message)) };
    }
    case "comment.resolved":
      return state.resolved.includes(event.id) ? state : { ...state, resolved: [...state.resolved, event.id] };
    case "comment.reopened":
      return { ...state, resolved: state.resolved.filter((id) => id !== event.id) };
  }
}

type Requeued = Extract<RunEventBody, { type: "variation.requeued" }>;

/** Notes that an attempt was given its messages. */
export function deliverMessages(state: RunState, event: Requeued, variation: number, attempt: number): RunState {
  const ids = event.continues?.messages ?? [];
  if (ids.length === 0) return state;
  const give = (message: RunMessage): RunMessage => ({ ...message, delivered: { ...message.delivered, [variation]: attempt } });
  return { ...state, messages: state.messages.map((message) => (ids.includes(message.id) ? give(message) : message)) };
}

/** A variation whose next attempt goes on in its own tree: what was done stays, and a mark with the messages begins the turn. */
export function continued(
  before: VariationState,
  event: Requeued,
  known: readonly RunMessage[],
  { seq, attempt }: { seq: number; attempt: number },
): Pick<VariationState, "snapshot" | "files" | "continues" | "items"> {
  const { commit, messages } = event.continues ?? { messages: [] };
  // A retry of a follow-up begins where that began, not where it ended.
  const from = before.snapshot?.commit === commit ? before : { snapshot: undefined, files: {}, ...before.continues };
  const start = from.snapshot?.commit === commit ? from : { snapshot: undefined, files: {} };
  const said = known.filter(({ id }) => messages.includes(id));
  const ended = endOf(before);
  const item: TranscriptItem = { kind: "message", seq, attempt, messages: said, ...(ended === undefined ? {} : { ended }) };
  return {
    snapshot: start.snapshot,
    files: start.files,
    continues: { messages, snapshot: start.snapshot, files: start.files },
    items: [...before.items, item],
  };
}

function endOf({ status, summary, failure, items }: VariationState): EndedBefore | undefined {
  const last = items.findLast(({ kind }) => kind === "text");
  // Not said twice, one above the other.
  const said = summary !== undefined && last?.kind === "text" && last.text.trim() === summary.trim();
  const text = said ? undefined : (summary ?? failure?.message);
  return { status, ...(text === undefined ? {} : { text }) };
}
