"use client";

import type { ReactElement } from "react";
import { type StoreApi, useStore } from "zustand";
import { useGateTicks } from "@/components/checks/score-gates";
import type { RunState, TreeSource } from "@/lib/run/state";
import { canWin, winnerOf } from "./can-win";
import { CompositionCell } from "./composition-code";
import type { PaneStore } from "./pane-store";
import { ScoreCell } from "./score-cell";

/**
 * The decision in one row: every score where the head of its pane stands in Live, and as wide; hidden panes too, since any of them may win. A
 * composition that won stands after them.
 */
export function ScoreboardStrip({
  run,
  panes,
  onSelect,
}: {
  run: RunState;
  panes: StoreApi<PaneStore>;
  onSelect: (what: TreeSource) => void;
}): ReactElement {
  const ticks = useGateTicks(run);
  const arrangement = useStore(panes);
  const scores = arrangement.order.flatMap((index) => run.variations[index] ?? []);
  const composition = run.compositions.find(({ number }) => number === run.selection?.composition);
  // Widths are of the panes that are shown.
  const widths = arrangement.hidden.length === 0 ? arrangement.widths : undefined;
  return (
    // What scrolls must be reachable by keyboard: the buttons in it are. Positioned, so that hidden words of scores beyond the edge widen it, not the page.
    <ul aria-label="Scoreboard" className="relative flex shrink-0 overflow-x-auto">
      {scores.map((variation, place) => (
        <li
          key={variation.index}
          style={{ flexGrow: widths?.[place] ?? 1 }}
          className="min-w-60 shrink basis-0 border-line [&:not(:first-child)]:border-l"
        >
          <ScoreCell
            runId={run.runId}
            variation={variation}
            winner={winnerOf(run, variation)}
            suggested={canWin(run, variation)}
            canSelect={run.base !== undefined}
            onSelect={(winner) => onSelect({ winner })}
            gates={ticks[variation.index]}
          />
        </li>
      ))}
      {composition !== undefined && (
        <li className="w-60 shrink-0 border-line border-l">
          <CompositionCell run={run} composition={composition} onSelect={() => onSelect({ composition: composition.number })} />
        </li>
      )}
    </ul>
  );
}
