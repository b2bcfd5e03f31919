"use client";

import { ArrowDown } from "lucide-react";
import { type ReactElement, type ReactNode, useRef } from "react";
import { Button } from "@/components/ui/button";
import { variationLetter } from "@/lib/run/select";
import { isTerminal, type RunStatus, type VariationState } from "@/lib/run/state";
import { PlanItem } from "./plan-item";
import { CHUNK_ITEMS, TranscriptChunk } from "./transcript-chunk";
import { TranscriptEmpty } from "./transcript-empty";
import { useBackfill } from "./use-backfill";
import { useStickToEnd } from "./use-stick-to-end";

/** Everything a variation says and does, oldest first. `children` stand below the last item: how it ended. */
export function Transcript({
  variation,
  runStatus,
  children,
}: {
  variation: VariationState;
  runStatus: RunStatus;
  children?: ReactNode;
}): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { following, jump } = useStickToEnd(scroller, content);
  const { items, status, plan, index } = variation;
  const ended = isTerminal(status);
  const attemptAt = items.findLastIndex(({ kind }) => kind === "attempt");
  const chunks = Math.ceil(items.length / CHUNK_ITEMS);
  const hidden = useBackfill(chunks);
  const empty = items.length === 0 || attemptAt === items.length - 1;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {plan.length > 0 && <PlanItem plan={plan} />}
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-busy={hidden > 0}
        aria-label={`Transcript of ${variationLetter(index)}`}
        // What scrolls must be reachable by keyboard.
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto overflow-x-hidden overscroll-y-contain focus-visible:-outline-offset-2"
      >
        <div ref={content} className="grid grid-cols-[minmax(0,1fr)] gap-2 p-3">
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
        </div>
      </div>
      {!following && (
        <Button kind="plain" onClick={jump} className="absolute bottom-2 left-1/2 -translate-x-1/2 bg-raised shadow-md">
          <ArrowDown aria-hidden="true" className="size-3.5" />
          Jump to latest
        </Button>
      )}
    </div>
  );
}
