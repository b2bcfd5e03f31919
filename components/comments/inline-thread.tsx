"use client";

import { Check, ChevronRight, CircleDot, Clock, PenLine } from "lucide-react";
import { type KeyboardEvent, type ReactElement, useId } from "react";
import { type StoreApi, useStore } from "zustand";
import { useNow } from "@/components/run/now";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { SubmitKey } from "@/components/ui/submit-key";
import { Letter } from "@/components/variation/letter";
import { formatAge } from "@/lib/format";
import type { RunState } from "@/lib/run/state";
import { discardDraft } from "./discard-draft";
import { DraftFields } from "./draft-fields";
import type { DraftComment, DraftStore } from "./draft-store";
import type { PlacedThread, SpokenOf } from "./place-thread";
import { Quote } from "./quote";
import { SentTo } from "./sent-to";
import { Said, ThreadButtons } from "./thread-card";
import { type Thread, type ThreadState, threadState } from "./threads";

export interface InlineThreadProps {
  run: RunState;
  thread: Thread;
  spoken: SpokenOf;
  placed: PlacedThread;
  drafts: StoreApi<DraftStore>;
  /** Back to the lines that it is about. */
  onLeave: () => void;
}

/** A thread under its line: folded to one line, or all that was said, with what is being written. */
export function InlineThread({ run, thread, spoken, placed, drafts, onLeave }: InlineThreadProps): ReactElement {
  const folds = useStore(drafts, (store) => store.folded[thread.id]);
  const id = useId();
  const state = threadState(run, thread);
  const sentOnes = thread.sent.length > 0;
  // What is settled is out of the way; what is being written is never hidden.
  const folded = sentOnes && thread.drafts.length === 0 && (folds ?? state === "resolved");
  const where = linesOf(spoken);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    onLeave();
  };
  return (
    <section
      aria-label={`Comments on ${spoken.path}:${where}`}
      onKeyDown={onKeyDown}
      className="pt-1 pr-3 pb-1.5 pl-1 font-sans text-meta text-text"
    >
      <div className="max-w-[720px] overflow-hidden rounded-md border border-line-strong bg-panel">
        {sentOnes && (
          <Head
            thread={thread}
            state={state}
            where={where}
            spoken={spoken}
            placed={placed}
            folded={folded}
            body={id}
            onFold={() => drafts.getState().fold(thread.id, !folded)}
          />
        )}
        {!folded && (
          <div id={id}>
            {placed.state === "outdated" && (
              <div className="grid gap-1.5 border-line border-b px-3 py-2">
                {!sentOnes && <Moved spoken={spoken} placed={placed} />}
                <Quote text={spoken.quote} />
              </div>
            )}
            {sentOnes && <Sent run={run} thread={thread} />}
            {thread.drafts.map((draft) => (
              <Draft key={draft.id} run={run} draft={draft} drafts={drafts} onLeave={onLeave} />
            ))}
          </div>
        )}
      </div>
    </section>
  );
}

interface HeadProps {
  thread: Thread;
  state: ThreadState;
  where: string;
  spoken: SpokenOf;
  placed: PlacedThread;
  folded: boolean;
  body: string;
  onFold: () => void;
}

function Head({ thread, state, where, spoken, placed, folded, body, onFold }: HeadProps): ReactElement {
  const [first] = thread.sent;
  const words = first?.comment.text.trim() || "Asked to port this change.";
  return (
    <h3 className={cx("flex", !folded && "border-line border-b")}>
      <button
        type="button"
        aria-expanded={!folded}
        aria-controls={folded ? undefined : body}
        onClick={onFold}
        className="flex h-7 min-w-0 flex-1 items-center gap-1.5 px-2 text-left font-normal hover:bg-hover focus-visible:-outline-offset-2"
      >
        <ChevronRight aria-hidden="true" className={cx("size-3 shrink-0 text-faint", !folded && "rotate-90")} />
        {spoken.variation !== undefined && <Letter variation={spoken.variation} className="size-4 text-[10px]" />}
        <span className="shrink-0 text-muted tabular-nums">
          {spoken.variation === undefined && "Base, "}
          {spoken.from === spoken.to ? "line" : "lines"} {where}
        </span>
        <Moved spoken={spoken} placed={placed} />
        <span className="min-w-0 flex-1 truncate">{folded && words}</span>
        <State state={state} />
      </button>
    </h3>
  );
}

/** Where it was when somebody spoke of it, if that is not where it stands. */
function Moved({ spoken, placed }: { spoken: SpokenOf; placed: PlacedThread }): ReactElement | null {
  if (placed.state === "exact" || (placed.state === "moved" && placed.from === spoken.from)) return null;
  const outdated = placed.state === "outdated";
  const title = outdated
    ? "The lines that this is about are not in this version. The list of comments leads to the one that has them."
    : `In the version that this is about they were at ${linesOf(spoken)}.`;
  return (
    <span title={title} className="w-fit shrink-0 rounded-full border border-line-strong px-1.5 text-[11px] text-muted leading-4">
      {outdated ? "outdated" : `now at ${placed.from}`}
    </span>
  );
}

const STATES: Record<ThreadState, { words: string; look: string; icon: typeof Check }> = {
  draft: { words: "draft", look: "text-faint", icon: PenLine },
  queued: { words: "queued", look: "text-muted", icon: Clock },
  working: { words: "working on it", look: "text-muted", icon: CircleDot },
  answered: { words: "answered", look: "text-muted", icon: Check },
  unanswered: { words: "not answered", look: "text-warn", icon: CircleDot },
  resolved: { words: "resolved", look: "text-faint", icon: Check },
};

function State({ state }: { state: ThreadState }): ReactElement {
  const { words, look, icon: Icon } = STATES[state];
  return (
    <span className={cx("inline-flex shrink-0 items-center gap-1", look)}>
      <Icon aria-hidden="true" className="size-3" />
      {words}
    </span>
  );
}

function Sent({ run, thread }: { run: RunState; thread: Thread }): ReactElement {
  const now = useNow();
  return (
    <>
      {thread.sent.map((sent) => (
        <div key={sent.comment.id} className="relative border-line border-b px-3 py-2">
          <Said run={run} sent={sent} />
          <time
            dateTime={new Date(sent.message.at).toISOString()}
            title={new Date(sent.message.at).toLocaleString()}
            className="absolute right-3 bottom-2 text-faint"
          >
            {formatAge(sent.message.at, now)}
          </time>
        </div>
      ))}
      {thread.drafts.length === 0 && <ThreadButtons run={run} thread={thread} where="lines" className="justify-between p-1" />}
    </>
  );
}

interface DraftProps {
  run: RunState;
  draft: DraftComment;
  drafts: StoreApi<DraftStore>;
  onLeave: () => void;
}

function Draft({ run, draft, drafts, onLeave }: DraftProps): ReactElement {
  const empty = draft.text.trim() === "";
  const editing = useStore(drafts, (store) => store.editing.includes(draft.id)) || (empty && !draft.port);
  const { discard, keep, edit } = drafts.getState();
  const leave = (): void => {
    if (empty && !draft.port) discard(draft.id);
    else keep(draft.id);
    onLeave();
  };
  const drop = (): void => {
    discardDraft(drafts, draft);
    onLeave();
  };
  if (editing)
    return (
      <div className="p-2">
        <DraftFields draft={draft} drafts={drafts} where="lines" onKeep={leave} onLeave={leave}>
          <span className="text-meta text-muted">
            <SentTo run={run} drafts={drafts} />
          </span>
          <Button kind="quiet" onClick={drop}>
            Discard
          </Button>
          <Button disabled={empty && !draft.port} onClick={leave} title="It is sent with your next message">
            Keep draft
            <SubmitKey className="max-[700px]:hidden" />
          </Button>
        </DraftFields>
      </div>
    );
  return (
    <div className="grid gap-1 px-3 pt-2 pb-1">
      <p className="flex items-center gap-1.5 text-faint">
        <State state="draft" />
        <span className="truncate">
          sent <SentTo run={run} drafts={drafts} /> with your next message
        </span>
      </p>
      {draft.port && <p className="text-muted">Asks to port this change.</p>}
      {!empty && <p className="whitespace-pre-wrap text-body leading-[1.5] [overflow-wrap:anywhere]">{draft.text}</p>}
      <div className="-mr-2 flex justify-end">
        <Button kind="quiet" onClick={drop}>
          Discard
        </Button>
        <Button kind="quiet" onClick={() => edit(draft.id, "lines")}>
          Edit
        </Button>
      </div>
    </div>
  );
}

function linesOf({ from, to }: SpokenOf): string {
  return to === from ? String(from) : `${from}–${to}`;
}
