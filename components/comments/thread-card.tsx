"use client";

import { Check, Reply } from "lucide-react";
import type { ReactElement } from "react";
import { useNow } from "@/components/run/now";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Letter } from "@/components/variation/letter";
import { formatAge } from "@/lib/format";
import type { RunState } from "@/lib/run/state";
import { Answers, settle } from "./answers";
import { CommentPlace } from "./comment-place";
import type { DraftPlace } from "./draft-store";
import { Quote } from "./quote";
import { beginReply } from "./reply";
import type { Sent, Thread } from "./threads";

/** A thread in the list: what it is about, what was said, who was given it, and which turn answered. */
export function ThreadCard({ run, thread }: { run: RunState; thread: Thread }): ReactElement | null {
  const [first] = thread.sent;
  const now = useNow();
  if (first === undefined) return null;
  const { on } = first.comment;
  return (
    <article className="grid gap-2 px-3 py-2.5 text-meta">
      <p className="flex min-w-0 items-center gap-1.5">
        {on.variation !== undefined && <Letter variation={on.variation} />}
        <CommentPlace run={run} on={on} />
        <span className="shrink-0 text-faint">{formatAge(first.message.at, now)}</span>
      </p>
      <Quote text={on.quote} />
      {thread.sent.map((sent) => (
        <Said key={sent.comment.id} run={run} sent={sent} />
      ))}
      <ThreadButtons run={run} thread={thread} where="list" className="-ml-2.5" />
    </article>
  );
}

interface ThreadButtonsProps {
  run: RunState;
  thread: Thread;
  /** Where a reply is written. */
  where: DraftPlace;
  className: string;
}

/** What can be done with a thread. */
export function ThreadButtons({ run, thread, where, className }: ThreadButtonsProps): ReactElement {
  const resolved = run.resolved.includes(thread.id);
  return (
    <div className={cx("flex items-center gap-1", className)}>
      <Button kind="quiet" onClick={() => beginReply(run, thread, where)}>
        <Reply aria-hidden="true" className="size-3" />
        Reply
      </Button>
      <Button kind="quiet" onClick={() => settle(run.runId, thread.id, !resolved)}>
        <Check aria-hidden="true" className="size-3" />
        {resolved ? "Reopen" : "Resolve"}
      </Button>
    </div>
  );
}

/** One comment of a thread. */
export function Said({ run, sent }: { run: RunState; sent: Sent }): ReactElement {
  const { text, port } = sent.comment;
  return (
    <div className="grid gap-1.5">
      {port !== undefined && <p className="text-muted">Asked to port this change.</p>}
      {text.trim() !== "" && <p className="whitespace-pre-wrap text-body leading-[1.5] [overflow-wrap:anywhere]">{text}</p>}
      <Answers run={run} sent={sent} className="grid gap-1" />
    </div>
  );
}
