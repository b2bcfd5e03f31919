"use client";

import { X } from "lucide-react";
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { Button } from "@/components/ui/button";
import type { RunState } from "@/lib/run/state";
import { DraftCard } from "./draft-card";
import { draftStore } from "./draft-store";
import { ThreadCard } from "./thread-card";
import { type Thread, threadsOf } from "./threads";

/** Comments of a run: those being written, those that were sent with the turns that answered, settled ones last. */
export function CommentsPanel({ run }: { run: RunState }): ReactElement | null {
  const drafts = draftStore(run.runId);
  const { comments, panel, show } = useStore(drafts);
  const count = comments.length;
  const threads = threadsOf(run, []);
  const open = threads.filter(({ id }) => !run.resolved.includes(id));
  const settled = threads.filter(({ id }) => run.resolved.includes(id));
  if (!panel) return null;
  return (
    <section
      aria-label="Comments"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        show(false);
      }}
      className="flex min-h-0 w-[340px] shrink-0 flex-col border-line border-l bg-panel max-[1200px]:absolute max-[1200px]:inset-y-0 max-[1200px]:right-0 max-[1200px]:z-20 max-[1200px]:shadow-md max-[900px]:w-full max-[900px]:max-w-[420px]"
    >
      <header className="flex h-9 shrink-0 items-center gap-2 border-line border-b pr-2 pl-3">
        <h2 className="font-semibold text-meta">Comments</h2>
        <span className="text-faint text-meta tabular-nums">{threads.length + count}</span>
        <span className="flex-1" />
        <Button kind="quiet" size="icon" aria-label="Close the comments" title="Close (Esc)" onClick={() => show(false)}>
          <X aria-hidden="true" className="size-3.5" />
        </Button>
      </header>
      {/* What scrolls must be reachable by keyboard. */}
      <div
        tabIndex={0}
        role="group"
        data-comments-list=""
        aria-label="List of comments"
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain focus-visible:-outline-offset-2"
      >
        {count > 0 && (
          <ul aria-label="Drafts" className="divide-y divide-line border-line border-b">
            {comments.map((draft) => (
              <li key={draft.id}>
                <DraftCard run={run} draft={draft} drafts={drafts} />
              </li>
            ))}
          </ul>
        )}
        <Threads label="Sent comments" run={run} threads={open} />
        {settled.length > 0 && <h3 className="px-3 pt-3 pb-1 text-faint text-meta">Settled {settled.length}</h3>}
        <Threads label="Settled comments" run={run} threads={settled} />
        {threads.length + count === 0 && (
          <p className="p-3 text-meta text-muted">
            No comments yet. In the diff, press <b>C</b> or the + beside a line number; in a transcript, point at what an agent did.
          </p>
        )}
      </div>
    </section>
  );
}

function Threads({ label, run, threads }: { label: string; run: RunState; threads: readonly Thread[] }): ReactElement | null {
  if (threads.length === 0) return null;
  return (
    <ul aria-label={label} className="divide-y divide-line border-line border-b">
      {threads.map((thread) => (
        <li key={thread.id}>
          <ThreadCard run={run} thread={thread} />
        </li>
      ))}
    </ul>
  );
}
