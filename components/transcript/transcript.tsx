"use client";

import { ArrowDown } from "lucide-react";
import { type ReactElement, type ReactNode, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { variationLetter } from "@/lib/run/select";
import { isTerminal, type RunStatus, type VariationState } from "@/lib/run/state";
import { ItemToolbar } from "./item-toolbar";
import { countNew, type Left } from "./new-count";
import { PlanItem } from "./plan-item";
import { CHUNK_ITEMS, TranscriptChunk } from "./transcript-chunk";
import { TranscriptEmpty } from "./transcript-empty";
import { useBackfill } from "./use-backfill";
import { useStickToEnd } from "./use-stick-to-end";

/** Everything a variation says and does, oldest first. `children` stand below the last item: how it ended. */
export function Transcript({
  variation,
  name,
  runStatus,
  onCopyItem,
  onCommentItem,
  children,
}: {
  variation: VariationState;
  /** Whose it is, where it is no variation's. */
  name?: string;
  runStatus: RunStatus;
  /** Without them nothing is offered beside an item. */
  onCopyItem?: (seq: number, what: "text" | "link") => void;
  onCommentItem?: (seq: number) => void;
  children?: ReactNode;
}): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { following, jump } = useStickToEnd(scroller, content);
  const { items, status, plan, index } = variation;
  const [left, setLeft] = useState<Left>();
  if (following === (left !== undefined)) setLeft(following ? undefined : { count: items.length, last: items.at(-1) });
  const ended = isTerminal(status);
  const attemptAt = items.findLastIndex(({ kind }) => kind === "attempt" || kind === "message");
  const chunks = Math.ceil(items.length / CHUNK_ITEMS);
  const hidden = useBackfill(chunks);
  const empty = items.length === 0 || attemptAt === items.length - 1;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {plan.length > 0 && <PlanItem plan={plan} ended={ended} />}
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-busy={hidden > 0}
        aria-label={`Transcript of ${name ?? variationLetter(index)}`}
        // What scrolls must be reachable by keyboard.
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto overflow-x-hidden overscroll-y-contain focus-visible:-outline-offset-2"
      >
        <div ref={content} className="relative mx-auto grid w-full max-w-(--reading) grid-cols-[minmax(0,1fr)] gap-2 p-3">
          {Array.from({ length: chunks - hidden }, (_, place) => hidden + place).map((chunk) => (
            <TranscriptChunk
              // Items are only ever added at the end: a chunk keeps its place.
              key={chunk}
              items={items}
              from={chunk * CHUNK_ITEMS}
              last={chunk === chunks - 1}
              streaming={status === "running"}
              attemptAt={attemptAt}
              ended={ended}
            />
          ))}
          {empty && <TranscriptEmpty variation={variation} runStatus={runStatus} />}
          {children}
          {onCopyItem !== undefined && onCommentItem !== undefined && (
            <ItemToolbar content={content} onCopy={onCopyItem} onComment={onCommentItem} />
          )}
        </div>
      </div>
      {left !== undefined && <LatestPill fresh={countNew(left, items)} onJump={jump} />}
    </div>
  );
}

/** The way back to the end, with how much has come there since a person left it. */
function LatestPill({ fresh, onJump }: { fresh: number; onJump: () => void }): ReactElement {
  return (
    <Button
      kind={fresh > 0 ? "primary" : "plain"}
      title="Jump to the latest (End)"
      onClick={onJump}
      className={cx("absolute bottom-3 left-1/2 z-10 -translate-x-1/2 rounded-full shadow-md tabular-nums", fresh === 0 && "bg-raised")}
    >
      <ArrowDown aria-hidden="true" className="size-3.5" />
      {fresh === 0 ? "Latest" : `${fresh.toLocaleString("en-US")} new`}
    </Button>
  );
}
