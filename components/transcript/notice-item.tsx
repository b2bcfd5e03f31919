import { Info, TriangleAlert } from "lucide-react";
import type { ReactElement } from "react";
import type { TranscriptItem } from "@/lib/run/state";

/** What the program says about the agent: a retry, a restart, output that was dropped. */
export function NoticeItem({ item }: { item: Extract<TranscriptItem, { kind: "notice" }> }): ReactElement {
  const warning = item.tone === "warning";
  const Icon = warning ? TriangleAlert : Info;
  return (
    <p className="flex gap-[7px] text-meta text-muted">
      <Icon
        aria-label={warning ? "Warning" : "Note"}
        className={warning ? "mt-0.5 size-3.5 shrink-0 text-warn" : "mt-0.5 size-3.5 shrink-0 text-faint"}
      />
      <span className="min-w-0 [overflow-wrap:anywhere]">{item.text}</span>
    </p>
  );
}
