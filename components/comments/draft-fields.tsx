"use client";

import { type KeyboardEvent, type ReactElement, type ReactNode, useLayoutEffect, useRef } from "react";
import { type StoreApi, useStore } from "zustand";
import { variationLetter } from "@/lib/run/select";
import type { DraftComment, DraftPlace, DraftStore } from "./draft-store";

interface DraftFieldsProps {
  draft: DraftComment;
  drafts: StoreApi<DraftStore>;
  /** Where these fields stand: a draft can be written in two places. */
  where: DraftPlace;
  /** Ctrl or Command with Enter: it is written. */
  onKeep: () => void;
  /** Escape: back to where it was begun. */
  onLeave: () => void;
  /** At the end: what can be done with it. */
  children: ReactNode;
}

/** What a draft says, and whether its change is to be ported. */
export function DraftFields({ draft, drafts, where, onKeep, onLeave, children }: DraftFieldsProps): ReactElement {
  const { id, place, text, port, variation, on, replyTo } = draft;
  const wanted = useStore(drafts, (store) => store.wanted?.id === id && store.wanted.where === where);
  const field = useRef<HTMLTextAreaElement>(null);
  const portable = on.kind === "lines" && variation !== undefined && replyTo === undefined;
  // Before the next key is pressed.
  useLayoutEffect(() => {
    if (!wanted) return;
    field.current?.focus({ preventScroll: true });
    // Between the lines the editor does it.
    if (where === "list") field.current?.scrollIntoView({ block: "nearest" });
    drafts.getState().arrive();
  }, [wanted, where, drafts]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const action = event.key === "Escape" ? onLeave : event.key === "Enter" && (event.ctrlKey || event.metaKey) ? onKeep : undefined;
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  return (
    <div className="grid gap-2" onKeyDown={onKeyDown}>
      <textarea
        ref={field}
        aria-label={`${replyTo === undefined ? "Comment" : "Reply"} on ${place}`}
        rows={2}
        value={text}
        onChange={({ target }) => drafts.getState().change(id, { text: target.value })}
        placeholder={replyTo !== undefined ? "Reply…" : port ? "Anything to add (optional)" : "What should be different?"}
        className="field-sizing-content max-h-48 min-h-12 w-full resize-none rounded-md border border-line-strong bg-bg px-2 py-1.5 text-[16px] leading-[1.5] placeholder:text-faint sm:text-body"
      />
      <div className="flex flex-wrap items-center justify-end gap-x-2 gap-y-1.5">
        {portable && (
          <label className="mr-auto flex items-center gap-1.5 text-meta text-muted">
            <input
              type="checkbox"
              checked={port}
              onChange={({ target }) => drafts.getState().change(id, { port: target.checked })}
              className="accent-(--primary)"
            />
            Port this change of {variationLetter(variation)}
          </label>
        )}
        {children}
      </div>
    </div>
  );
}
