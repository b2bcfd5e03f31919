"use client";

import { Trophy } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import type { GateTick } from "@/components/checks/gate-ticks";
import { ScoreGates } from "@/components/checks/score-gates";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Letter } from "@/components/variation/letter";
import { formatCount, formatSpent } from "@/lib/format";
import { changeTotals, variationLetter } from "@/lib/run/select";
import { isTerminal, type Usage, type VariationState } from "@/lib/run/state";
import type { Winner } from "./can-win";
import { Elapsed } from "./elapsed";
import { RetryButton } from "./retry-button";
import { agentName, modelName } from "./spec-words";
import { StateBadge } from "./state-badge";
import { StopButton } from "./stop-button";

export interface ScoreCellProps {
  runId: string;
  variation: VariationState;
  winner: Winner;
  /** Selecting it is the next thing to do. */
  suggested: boolean;
  /** False while there is no tree that could be selected. */
  canSelect: boolean;
  onSelect: (variation: number) => void;
  /** Its checks, as far as there are any. */
  gates?: readonly GateTick[];
  /** At the end of the first line: what there is to do with the pane below. */
  children?: ReactNode;
}

const noGates: readonly GateTick[] = [];

/**
 * What there is to know about a variation at a glance, and the decision. Narrow cells drop the agent's name first, then tokens, then
 * elapsed; never state, gates or Select.
 */
export function ScoreCell({
  runId,
  variation,
  winner,
  suggested,
  canSelect,
  onSelect,
  gates = noGates,
  children,
}: ScoreCellProps): ReactElement {
  const { index, spec, usage, startedAt, endedAt, status } = variation;
  const { files, added, deleted } = changeTotals(variation);
  const tokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.outputTokens;
  const letter = variationLetter(index);
  return (
    <div
      data-v={letter}
      className="@container h-[60px] min-w-0 shrink-0 overflow-hidden border-line border-b bg-panel px-3 pt-2 pb-1.5 shadow-[inset_0_2px_var(--v)]"
    >
      <div className="flex h-[22px] min-w-0 items-center gap-[7px] whitespace-nowrap">
        <Letter variation={index} />
        <b className="shrink-0 font-medium @max-[330px]:hidden">{agentName(spec)}</b>
        <span className="min-w-0 truncate text-faint" title={`${agentName(spec)}, ${modelName(spec)}`}>
          {modelName(spec)}
        </span>
        <span className="flex-1" />
        <ScoreGates letter={letter} ticks={gates} />
        {winner !== "no" && <WinnerFlag letter={letter} changed={winner === "changed"} />}
        <StateBadge variation={variation} />
        {children}
      </div>
      <div className="mt-px flex h-[23px] min-w-0 items-center gap-2.5 whitespace-nowrap text-meta text-muted tabular-nums">
        {startedAt !== undefined && (
          <span className="@max-[245px]:hidden">
            <Elapsed from={startedAt} to={endedAt} />
          </span>
        )}
        <span title={usage.unpriced && "No price is known for some of its calls."}>{formatSpent(usage)}</span>
        <span className="@max-[340px]:hidden" title={tokenDetail(usage)}>
          {formatCount(tokens)} <span className="@max-[390px]:hidden">tokens</span>
          <span className="@min-[390px]:hidden">tok</span>
        </span>
        <span title={files === 1 ? "1 file changed" : `${files} files changed`}>
          <span className={added === 0 ? "text-faint" : "text-ok"}>+{added}</span>{" "}
          <span className={deleted === 0 ? "text-faint" : "text-bad"}>−{deleted}</span>
        </span>
        <span className="flex-1" />
        <span className="-mr-1 flex shrink-0 items-center gap-1">
          {(status === "failed" || status === "cancelled") && (
            <RetryButton runId={runId} variation={index} aria-label={`Retry ${letter}`} className="h-[22px] px-1.5">
              Retry
            </RetryButton>
          )}
          {!isTerminal(status) && (
            <StopButton
              runId={runId}
              variation={index}
              requested={variation.stopRequested}
              aria-label={`Stop ${letter}`}
              className="h-[22px] px-1.5"
            >
              Stop
            </StopButton>
          )}
          <Button
            kind={suggested ? "primary" : "plain"}
            disabled={!canSelect}
            aria-label={winner === "no" ? `Select ${letter}` : `Selected: ${letter}`}
            title={winner !== "no" ? `${letter} is the winner; why, and where it was landed` : `Select ${letter} as the winner (S)`}
            onClick={() => onSelect(index)}
            className="h-[22px] px-2"
          >
            {winner === "no" ? "Select" : "Selected"}
          </Button>
        </span>
      </div>
    </div>
  );
}

/** A winner that has gone on is not what was selected: that is what would be landed. */
function WinnerFlag({ letter, changed }: { letter: string; changed: boolean }): ReactElement {
  const title = changed
    ? `${letter} has changed since it was selected: what was selected is what is landed. Select it again for its newest state.`
    : undefined;
  return (
    <span title={title} className={cx("inline-flex shrink-0 items-center gap-1 text-meta", changed ? "text-warn" : "text-ok")}>
      <Trophy aria-hidden="true" className="size-3.5" />
      {changed ? (
        <>
          <span className="sr-only">winner, </span>changed<span className="@max-[420px]:sr-only"> since selected</span>
        </>
      ) : (
        <span className="@max-[330px]:sr-only">winner</span>
      )}
    </span>
  );
}

function tokenDetail({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Usage): string {
  const count = (tokens: number): string => tokens.toLocaleString("en-US");
  return `${count(inputTokens)} in, ${count(outputTokens)} out, ${count(cacheReadTokens)} read from cache, ${count(cacheWriteTokens)} written to cache`;
}
