"use client";

import { Trophy } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Letter } from "@/components/variation/letter";
import { formatCount, formatSpent } from "@/lib/format";
import { changeTotals, variationLetter } from "@/lib/run/select";
import type { Usage, VariationState } from "@/lib/run/state";
import { Elapsed } from "./elapsed";
import { agentName, modelName } from "./spec-words";
import { StateBadge } from "./state-badge";

/** What there is to know about a variation at a glance. Narrow cells drop the agent's name first, then tokens, then elapsed. */
export function ScoreCell({
  variation,
  winner,
  roomy = true,
  children,
}: {
  variation: VariationState;
  winner: boolean;
  /** False where `children` need the place that the tokens have in a narrow cell. */
  roomy?: boolean;
  /** Buttons at the end of the second line. */
  children?: ReactNode;
}): ReactElement {
  const { index, spec, usage, startedAt, endedAt } = variation;
  const { files, added, deleted } = changeTotals(variation);
  const tokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.outputTokens;
  return (
    <div
      data-v={variationLetter(index)}
      className="@container h-[59px] min-w-0 shrink-0 overflow-hidden border-line border-b bg-panel px-3 py-2 shadow-[inset_0_2px_var(--v)]"
    >
      <div className="flex h-[22px] min-w-0 items-center gap-[7px] whitespace-nowrap">
        <Letter variation={index} />
        <b className="shrink-0 font-medium @max-[320px]:hidden">{agentName(spec)}</b>
        <span className="min-w-0 truncate text-faint" title={`${agentName(spec)}, ${modelName(spec)}`}>
          {modelName(spec)}
        </span>
        <span className="flex-1" />
        {winner && (
          <span className="inline-flex shrink-0 items-center gap-1 text-meta text-ok">
            <Trophy aria-hidden="true" className="size-3.5" />
            <span className="@max-[300px]:sr-only">winner</span>
          </span>
        )}
        <StateBadge variation={variation} />
      </div>
      <div className="flex h-[21px] min-w-0 items-center gap-2.5 whitespace-nowrap text-meta text-muted tabular-nums">
        {startedAt !== undefined && (
          <span className="@max-[210px]:hidden">
            <Elapsed from={startedAt} to={endedAt} />
          </span>
        )}
        <span title={usage.unpriced && "No price is known for some of its calls."}>{formatSpent(usage)}</span>
        <span className={roomy ? "@max-[230px]:hidden" : "@max-[340px]:hidden"} title={tokenDetail(usage)}>
          {formatCount(tokens)} <span className="@max-[270px]:hidden">tokens</span>
          <span className="@min-[270px]:hidden">tok</span>
        </span>
        <span title={files === 1 ? "1 file changed" : `${files} files changed`}>
          <span className={added === 0 ? "text-faint" : "text-ok"}>+{added}</span>{" "}
          <span className={deleted === 0 ? "text-faint" : "text-bad"}>−{deleted}</span>
        </span>
        <span className="flex-1" />
        {children}
      </div>
    </div>
  );
}

function tokenDetail({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Usage): string {
  const count = (tokens: number): string => tokens.toLocaleString("en-US");
  return `${count(inputTokens)} in, ${count(outputTokens)} out, ${count(cacheReadTokens)} read from cache, ${count(cacheWriteTokens)} written to cache`;
}
