import type { ReactElement } from "react";
import type { TranscriptItem } from "@/lib/run/state";

/** The line below which a new attempt begins. */
export function AttemptItem({ item }: { item: Extract<TranscriptItem, { kind: "attempt" }> }): ReactElement {
  return (
    <div className="flex items-center gap-2 py-1 text-faint text-meta">
      <span className="h-px flex-1 bg-line-strong" />
      Attempt {item.attempt + 1}
      <span className="h-px flex-1 bg-line-strong" />
    </div>
  );
}
