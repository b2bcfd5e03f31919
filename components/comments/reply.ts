import type { RunState } from "@/lib/run/state";
import { type DraftPlace, draftStore } from "./draft-store";
import { recipientsOf } from "./recipients";
import type { Thread } from "./threads";

/** Begins a reply in a thread, for those who were given what was said there last; who was chosen for other drafts stays. */
export function beginReply(run: RunState, thread: Thread, where: DraftPlace): void {
  const [first] = thread.sent;
  const last = thread.sent.at(-1);
  if (first === undefined || last === undefined) return;
  const { on } = first.comment;
  const drafts = draftStore(run.runId);
  const { text, to, comments, address, comment } = drafts.getState();
  const alone = text.trim() === "" && comments.length === 0;
  address(alone ? last.message.to : [...new Set([...recipientsOf(run, to, comments), ...last.message.to])]);
  const place = on.kind === "lines" ? `${on.path}:${on.from}${on.to === on.from ? "" : `–${on.to}`}` : on.title;
  const anchor =
    on.kind === "lines"
      ? ({ kind: "lines", at: on.commit, path: on.path, from: on.from, to: on.to } as const)
      : ({ kind: "item", variation_id: on.variation, seq: on.seq } as const);
  comment({ on: anchor, variation: on.variation, place, quote: on.quote, replyTo: thread.id }, { where });
}
