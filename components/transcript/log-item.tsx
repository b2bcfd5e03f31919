"use client";

import { ChevronRight, ScrollText } from "lucide-react";
import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import type { TranscriptItem } from "@/lib/run/state";
import { OutputText } from "./output-text";
import { useToggle } from "./transcript-store";

/** What the agent's process wrote beside its events: folded, there for when something went wrong. */
export function LogItem({ item }: { item: Extract<TranscriptItem, { kind: "log" }> }): ReactElement {
  const [open = false, setOpen] = useToggle(item.seq);
  const lines = item.text.split("\n").length;
  const name = item.stream === "stderr" ? "Error log of the agent" : "Log of the agent";
  return (
    <div className={cx("min-w-0 text-meta text-muted", open && "overflow-hidden rounded-md border border-line bg-panel")}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className={cx(
          "flex min-h-6 w-full min-w-0 items-center gap-[7px] text-left hover:text-text focus-visible:-outline-offset-1",
          open ? "border-line border-b px-2 py-0.5" : "rounded",
        )}
      >
        <ScrollText aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
        <span className="truncate">{name}</span>
        <ChevronRight aria-hidden="true" className={cx("size-3 shrink-0 text-faint transition-transform", open && "rotate-90")} />
        <span className="flex-1" />
        <span className="shrink-0 text-faint tabular-nums">{lines === 1 ? "1 line" : `${lines.toLocaleString("en-US")} lines`}</span>
      </button>
      {open && <OutputText toggle={`${item.seq}.all`} text={item.text} running={false} label={name} />}
    </div>
  );
}
