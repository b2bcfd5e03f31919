"use client";

import { GitCompare } from "lucide-react";
import { memo, type ReactElement, useCallback } from "react";
import { SummaryItem } from "@/components/transcript/summary-item";
import { Transcript } from "@/components/transcript/transcript";
import { Button } from "@/components/ui/button";
import type { RunStore } from "@/lib/client/run-store";
import { useVariation } from "@/lib/client/use-run";
import { changeTotals, variationLetter } from "@/lib/run/select";
import { isTerminal, type RunStatus } from "@/lib/run/state";
import { FailureCard } from "./failure-card";
import { copyItem } from "./use-items";

/** What a variation says and does, and how it ended: the one part of a page that every token renders again. */
export const PaneTranscript = memo(function PaneTranscript({
  store,
  index,
  runStatus,
  onDiff,
  onComment,
}: {
  store: RunStore;
  index: number;
  runStatus: RunStatus;
  onDiff: (variation: number) => void;
  onComment: (seq: number) => void;
}): ReactElement | null {
  const variation = useVariation(store, index);
  const onCopyItem = useCallback((seq: number, what: "text" | "link") => copyItem(store, seq, what), [store]);
  if (variation === undefined) return null;
  const { status, failure } = variation;
  const changed = changeTotals(variation).files;
  return (
    <Transcript variation={variation} runStatus={runStatus} onCopyItem={onCopyItem} onCommentItem={onComment}>
      {failure !== undefined && <FailureCard failure={failure} />}
      {status === "completed" && <SummaryItem variation={variation} />}
      {status === "cancelled" && <p className="text-meta text-muted">Stopped. What it changed until then is kept.</p>}
      {isTerminal(status) && changed > 0 && (
        <Button aria-label={`Diff of ${variationLetter(index)}`} onClick={() => onDiff(index)} className="mt-1 justify-self-start">
          <GitCompare aria-hidden="true" className="size-3" />
          Diff <span className="text-faint tabular-nums">{changed === 1 ? "1 file" : `${changed} files`}</span>
        </Button>
      )}
    </Transcript>
  );
});
