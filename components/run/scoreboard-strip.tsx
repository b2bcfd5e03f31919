"use client";

import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { canWin } from "./can-win";
import { ScoreCell } from "./score-cell";

/** The decision in one line: every variation's score where the head of its pane stands in Live, with its Select. */
export function ScoreboardStrip({ run, onSelect }: { run: RunState; onSelect: (variation: number) => void }): ReactElement {
  return (
    <ul aria-label="Scoreboard" className="flex shrink-0 overflow-x-auto">
      {run.variations.map((variation) => {
        const winner = run.selection?.winner === variation.index;
        return (
          <li key={variation.index} className="min-w-60 flex-1 border-line [&:not(:first-child)]:border-l">
            <ScoreCell variation={variation} winner={winner} roomy={false}>
              <Button
                kind={canWin(run, variation) ? "primary" : "plain"}
                disabled={run.base === undefined}
                aria-label={`Select ${variationLetter(variation.index)}`}
                onClick={() => onSelect(variation.index)}
                className="-mr-1 h-[22px] px-2"
              >
                Select
              </Button>
            </ScoreCell>
          </li>
        );
      })}
    </ul>
  );
}
