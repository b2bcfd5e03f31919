"use client";

import type { ReactElement } from "react";
import type { StoreApi } from "zustand";
import { Button } from "@/components/ui/button";
import { Letter } from "@/components/variation/letter";
import { variationLetter } from "@/lib/run/select";
import type { DraftComment, DraftStore } from "./draft-store";
import { Quote } from "./quote";

/** A comment that is being written. It is sent with the message. */
export function DraftCard({ draft, drafts }: { draft: DraftComment; drafts: StoreApi<DraftStore> }): ReactElement {
  const { id, place, quote, text, port, variation, on } = draft;
  const { change, discard } = drafts.getState();
  const portable = on.kind === "lines" && variation !== undefined;
  return (
    <div className="grid gap-2 px-3 py-2.5">
      <p className="flex min-w-0 items-center gap-1.5 text-meta">
        {variation !== undefined && <Letter variation={variation} />}
        <span className="min-w-0 flex-1 truncate font-mono text-[11.5px]" title={place}>
          {place}
        </span>
        <span className="rounded-full border border-line-strong px-1.5 text-[11px] text-faint">draft</span>
      </p>
      <Quote text={quote} />
      <textarea
        aria-label={`Comment on ${place}`}
        rows={2}
        value={text}
        onChange={({ target }) => change(id, { text: target.value })}
        placeholder={port ? "Anything to add (optional)" : "What should be different?"}
        className="field-sizing-content max-h-48 min-h-12 w-full resize-none rounded-md border border-line-strong bg-bg px-2 py-1.5 text-[16px] leading-[1.5] placeholder:text-faint sm:text-body"
      />
      <div className="flex items-center gap-2">
        {portable && (
          <label className="flex items-center gap-1.5 text-meta text-muted">
            <input type="checkbox" checked={port} onChange={({ target }) => change(id, { port: target.checked })} />
            Port this change of {variationLetter(variation)}
          </label>
        )}
        <span className="flex-1" />
        <Button kind="quiet" onClick={() => discard(id)}>
          Discard
        </Button>
      </div>
    </div>
  );
}
