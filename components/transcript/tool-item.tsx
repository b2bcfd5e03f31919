"use client";

import { ChevronRight, FileText, Pencil, Search, Terminal, Wrench, X } from "lucide-react";
import { type ReactElement, type ReactNode, useId } from "react";
import { useNow } from "@/components/run/now";
import { cx } from "@/components/ui/cx";
import { formatBytes, formatDuration, formatElapsed } from "@/lib/format";
import type { ToolItem as Tool, ToolKind } from "@/lib/run/state";
import { lineCounts, toolVerb } from "@/lib/tool-words";
import { toolTitle } from "./item-text";
import { OutputDiff } from "./output-diff";
import { OutputText } from "./output-text";
import { useToggle } from "./transcript-store";

const icons: Record<ToolKind, typeof Wrench> = { read: FileText, search: Search, edit: Pencil, command: Terminal, other: Wrench };

/** One tool call: a row, and its output below when there is something to see. `ended`: the variation has, so nothing runs any more. */
export function ToolItem({ item, ended }: { item: Tool; ended: boolean }): ReactElement {
  const [chosen, setChosen] = useToggle(item.seq);
  const panel = useId();
  const { finished } = item;
  const running = finished === undefined && !ended;
  const hasOutput = item.output.trim() !== "" || item.truncatedBytes > 0;
  const open = hasOutput && (chosen ?? opensByItself(item, running));
  const title = toolTitle(item.title);
  const verb = toolVerb(item);
  const Icon = icons[item.toolKind];
  const row = (
    <>
      <Icon aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
      <span className="shrink-0">{verb}</span>
      <code className="min-w-0 truncate text-[11.5px] text-text" title={title}>
        {title}
      </code>
      {hasOutput && (
        <ChevronRight aria-hidden="true" className={cx("size-3 shrink-0 text-faint transition-transform", open && "rotate-90")} />
      )}
      <span className="flex-1" />
      <Outcome item={item} running={running} />
    </>
  );
  const rowLook = cx("flex min-h-6 w-full min-w-0 items-center gap-[7px] text-left", open ? "px-2 py-0.5" : "rounded");
  return (
    <div className={cx("min-w-0 text-meta text-muted", open && "overflow-hidden rounded-md border border-line bg-panel")}>
      {hasOutput ? (
        <button
          type="button"
          aria-expanded={open}
          aria-controls={open ? panel : undefined}
          onClick={() => setChosen(!open)}
          className={cx(rowLook, "hover:text-text focus-visible:-outline-offset-1", open && "border-line border-b")}
        >
          {row}
        </button>
      ) : (
        <div className={rowLook}>{row}</div>
      )}
      {open && (
        <div id={panel}>
          {item.outputStream === "diff" ? (
            <OutputDiff toggle={`${item.seq}.all`} diff={item.output} label={`Change of ${title}`} />
          ) : (
            <OutputText toggle={`${item.seq}.all`} text={item.output} running={running} label={`Output of ${title}`} />
          )}
          {item.truncatedBytes > 0 && (
            <p className="border-line border-t px-2.5 py-1 text-faint">{formatBytes(item.truncatedBytes)} of output are not shown.</p>
          )}
        </div>
      )}
    </div>
  );
}

/** Changes stand open, so does what runs and what went wrong; the rest is one row. */
function opensByItself({ outputStream, finished }: Tool, running: boolean): boolean {
  return outputStream === "diff" || running || finished?.ok === false;
}

function Outcome({ item, running }: { item: Tool; running: boolean }): ReactNode {
  const { finished } = item;
  if (finished === undefined) return running ? <Running since={item.startedAt} /> : <span className="shrink-0 text-faint">broken off</span>;
  const counts = lineCounts(finished.summary);
  const exit = typeof finished.exitCode === "number" && finished.exitCode !== 0 ? `exit ${finished.exitCode}` : undefined;
  // A read or an edit takes no time worth a word.
  const took = finished.durationMs >= (item.toolKind === "command" ? 100 : 1_000) ? formatDuration(finished.durationMs) : undefined;
  const words = [counts === undefined ? finished.summary : undefined, exit, took].filter((word) => word !== undefined && word !== "");
  return (
    <span className={cx("inline-flex max-w-[55%] shrink-0 items-center gap-1.5 tabular-nums", finished.ok ? "text-faint" : "text-bad")}>
      {!finished.ok && <X aria-label="failed" className="size-3 shrink-0" />}
      {counts?.added !== undefined && <span className="text-ok">{counts.added}</span>}
      {counts?.deleted !== undefined && <span className="text-bad">{counts.deleted}</span>}
      {words.length > 0 && <span className="truncate">{words.join(" · ")}</span>}
    </span>
  );
}

function Running({ since }: { since: number }): ReactElement {
  const now = useNow();
  return (
    <span className="inline-flex shrink-0 items-center gap-1.5 text-faint tabular-nums">
      <span
        role="img"
        aria-label="running"
        className="size-2.5 animate-spin rounded-full border-2 border-line-strong border-t-v [animation-duration:800ms]"
      />
      {formatElapsed(now - since)}
    </span>
  );
}
