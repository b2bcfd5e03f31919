import { isWaiting, type RunMessage, turnOfAttempt } from "@/lib/run/message-state";
import { isTerminal, type RunState } from "@/lib/run/state";
import type { DraftComment } from "./draft-store";

export type SentComment = RunMessage["comments"][number];

/** A comment that was sent, with the message that it went out with. */
export interface Sent {
  message: RunMessage;
  comment: SentComment;
}

/** What is said about one place: what was sent, oldest first, and what is being written. */
export interface Thread {
  /** Of its first comment, or of the draft that begins it. */
  id: string;
  sent: readonly Sent[];
  drafts: readonly DraftComment[];
}

/** Where one recipient is with a comment. */
export type Answer = "withdrawn" | "queued" | "working" | "none" | { turn: number };

/** How far a whole thread is. */
export type ThreadState = "draft" | "queued" | "working" | "answered" | "unanswered" | "resolved";

/** All threads of a run, oldest first, those that are not sent yet last. */
export function threadsOf(run: Pick<RunState, "messages">, drafts: readonly DraftComment[]): Thread[] {
  const threads = new Map<string, { sent: Sent[]; drafts: DraftComment[] }>();
  const of = (id: string) => {
    const known = threads.get(id) ?? { sent: [], drafts: [] };
    threads.set(id, known);
    return known;
  };
  for (const message of run.messages)
    for (const comment of message.comments) of(comment.reply?.to ?? comment.id).sent.push({ message, comment });
  for (const draft of drafts) of(draft.replyTo ?? draft.id).drafts.push(draft);
  return [...threads].map(([id, thread]) => ({ id, ...thread }));
}

/** What is open about a file: threads that are not settled, and drafts. */
export interface OpenComments {
  threads: number;
  drafts: number;
}

/** By path, for the files that somebody spoke about. */
export function openComments(
  run: Pick<RunState, "messages" | "resolved">,
  drafts: readonly DraftComment[],
): ReadonlyMap<string, OpenComments> {
  const counts = new Map<string, OpenComments>();
  const count = (path: string, part: keyof OpenComments): void => {
    const known = counts.get(path) ?? { threads: 0, drafts: 0 };
    counts.set(path, { ...known, [part]: known[part] + 1 });
  };
  for (const { id, sent } of threadsOf(run, [])) {
    const on = sent[0]?.comment.on;
    if (on?.kind === "lines" && !run.resolved.includes(id)) count(on.path, "threads");
  }
  for (const { on } of drafts) if (on.kind === "lines") count(on.path, "drafts");
  return counts;
}

/** See `Answer`. */
export function answerOf(run: Pick<RunState, "variations">, message: RunMessage, index: number): Answer {
  const variation = run.variations[index];
  const attempt = message.delivered[index];
  if (variation === undefined || message.withdrawn.includes(index)) return "withdrawn";
  if (isWaiting(message, index)) return "queued";
  const turn = attempt === undefined ? undefined : turnOfAttempt(variation, attempt);
  if (turn !== undefined) return { turn };
  return attempt !== variation.attempt || isTerminal(variation.status) ? "none" : "working";
}

/** Of what was said last: as far as the recipient that is behind the others. */
export function threadState(run: Pick<RunState, "variations" | "resolved">, { id, sent }: Thread): ThreadState {
  if (run.resolved.includes(id)) return "resolved";
  const last = sent.at(-1);
  if (last === undefined) return "draft";
  const answers = last.message.to.map((index) => answerOf(run, last.message, index)).filter((answer) => answer !== "withdrawn");
  if (answers.includes("working")) return "working";
  if (answers.includes("queued")) return "queued";
  return answers.some((answer) => typeof answer === "object") ? "answered" : "unanswered";
}
