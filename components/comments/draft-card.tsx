"use client";

import type { ReactElement } from "react";
import type { StoreApi } from "zustand";
import { Button } from "@/components/ui/button";
import { Letter } from "@/components/variation/letter";
import type { RunState } from "@/lib/run/state";
import { CommentPlace } from "./comment-place";
import { discardDraft } from "./discard-draft";
import { DraftFields } from "./draft-fields";
import type { DraftComment, DraftStore } from "./draft-store";
import { Quote } from "./quote";
import { SentTo } from "./sent-to";

/** A comment that is being written, in the list. It is sent with the message. */
export function DraftCard({ run, draft, drafts }: { run: RunState; draft: DraftComment; drafts: StoreApi<DraftStore> }): ReactElement {
  const { place, quote, variation, on } = draft;
  const spot = on.kind === "lines" ? { ...on, variation, commit: on.at } : { ...on, title: place };
  // To the list, where Escape closes it.
  const leave = (): void => document.activeElement?.closest<HTMLElement>("[data-comments-list]")?.focus();
  return (
    <div className="grid gap-2 px-3 py-2.5">
      <p className="flex min-w-0 items-center gap-1.5 text-meta">
        {variation !== undefined && <Letter variation={variation} />}
        <CommentPlace run={run} on={spot} />
        <span className="rounded-full border border-line-strong px-1.5 text-[11px] text-faint">
          {draft.replyTo === undefined ? "draft" : "reply"}
        </span>
        <span className="shrink-0 text-muted">
          <SentTo run={run} drafts={drafts} />
        </span>
      </p>
      {draft.replyTo === undefined && <Quote text={quote} />}
      <DraftFields draft={draft} drafts={drafts} where="list" onKeep={leave} onLeave={leave}>
        <Button kind="quiet" onClick={() => discardDraft(drafts, draft)}>
          Discard
        </Button>
      </DraftFields>
    </div>
  );
}
