"use client";

import { Maximize2, Minimize2 } from "lucide-react";
import { memo, type ReactElement } from "react";
import { SummaryItem } from "@/components/transcript/summary-item";
import { Transcript } from "@/components/transcript/transcript";
import { Button } from "@/components/ui/button";
import { Key } from "@/components/ui/key";
import { variationLetter } from "@/lib/run/select";
import { isTerminal, type RunStatus, type VariationState } from "@/lib/run/state";
import { FailureCard } from "./failure-card";
import { RetryButton } from "./retry-button";
import { ScoreCell } from "./score-cell";
import { StopButton } from "./stop-button";

export interface PaneActions {
  onSelect: (variation: number) => void;
  onDiff: (variation: number) => void;
  onMaximise: (variation: number) => void;
  onFocusPane: (variation: number) => void;
}

export interface PaneProps extends PaneActions {
  runId: string;
  runStatus: RunStatus;
  variation: VariationState;
  winner: boolean;
  /** Selecting it is the next thing to do. */
  suggested: boolean;
  focused: boolean;
  maximised: boolean;
  /** False when it is the only pane. */
  canMaximise: boolean;
  /** False while there is no tree that could be selected. */
  canSelect: boolean;
}

/** One variation, live: its score as the head, its transcript, and what can be done with it. */
export const Pane = memo(function Pane(props: PaneProps): ReactElement {
  const { runId, runStatus, variation, winner, suggested, focused, maximised, canMaximise, canSelect } = props;
  const { index, status, failure } = variation;
  const letter = variationLetter(index);
  const ended = isTerminal(status);
  const focus = (): void => props.onFocusPane(index);
  return (
    <section
      aria-label={`Variation ${letter}`}
      data-v={letter}
      data-pane={index}
      onFocusCapture={focus}
      onPointerDownCapture={focus}
      className="flex h-full min-h-0 min-w-0 flex-col"
    >
      <ScoreCell variation={variation} winner={winner}>
        {canMaximise && (
          <Button
            kind="quiet"
            size="icon"
            aria-label={maximised ? "Show all panes" : `Maximise ${letter}`}
            title={maximised ? "Show all panes (Esc)" : `Maximise ${letter} (${index + 1})`}
            onClick={() => props.onMaximise(index)}
            className="-mr-1.5 size-[22px] max-[700px]:hidden"
          >
            {maximised ? <Minimize2 aria-hidden="true" className="size-3" /> : <Maximize2 aria-hidden="true" className="size-3" />}
          </Button>
        )}
      </ScoreCell>
      <Transcript variation={variation} runStatus={runStatus}>
        {failure !== undefined && <FailureCard failure={failure} />}
        {status === "completed" && <SummaryItem variation={variation} />}
        {status === "cancelled" && <p className="text-meta text-muted">Stopped. What it changed until then is kept.</p>}
      </Transcript>
      <footer className="flex shrink-0 items-center gap-1.5 border-line border-t bg-panel px-3 py-2">
        <Button kind={suggested ? "primary" : "plain"} disabled={!canSelect} onClick={() => props.onSelect(index)}>
          Select {letter}
          {focused && <Key className="border-current text-inherit opacity-50 max-[700px]:hidden">S</Key>}
        </Button>
        <Button aria-label={`Diff of ${letter}`} onClick={() => props.onDiff(index)}>
          Diff
        </Button>
        <span className="flex-1" />
        {(status === "failed" || status === "cancelled") && (
          <RetryButton runId={runId} variation={index} aria-label={`Retry ${letter}`}>
            Retry
          </RetryButton>
        )}
        {!ended && (
          <StopButton runId={runId} variation={index} requested={variation.stopRequested} aria-label={`Stop ${letter}`}>
            Stop
          </StopButton>
        )}
      </footer>
    </section>
  );
});
