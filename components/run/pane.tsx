"use client";

import { Ellipsis, Maximize2, Minimize2 } from "lucide-react";
import { type DragEvent, memo, type ReactElement, useState } from "react";
import type { GateTick } from "@/components/checks/gate-ticks";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import type { RunStore } from "@/lib/client/run-store";
import { variationLetter } from "@/lib/run/select";
import type { RunStatus, VariationState } from "@/lib/run/state";
import type { Winner } from "./can-win";
import { Menu, type MenuEntry } from "./menu";
import { PaneBoundary } from "./pane-boundary";
import { PaneTranscript } from "./pane-transcript";
import { ScoreCell } from "./score-cell";

export interface PaneActions {
  onSelect: (variation: number) => void;
  onDiff: (variation: number) => void;
  onFind: (variation: number) => void;
  /** On an item of its transcript. */
  onComment: (seq: number) => void;
  onMaximise: (variation: number) => void;
  onFocusPane: (variation: number) => void;
  onHide: (variation: number) => void;
  onMove: (variation: number, by: -1 | 1) => void;
  /** Puts the pane `dragged` beside another one. */
  onPlace: (dragged: number, beside: number, side: "before" | "after") => void;
}

export interface PaneProps extends PaneActions {
  runId: string;
  runStatus: RunStatus;
  store: RunStore;
  /** Its transcript may be behind: that is the store's. */
  variation: VariationState;
  winner: Winner;
  suggested: boolean;
  maximised: boolean;
  /** False when it is the only pane that is shown. */
  hasNeighbours: boolean;
  canSelect: boolean;
  gates?: readonly GateTick[];
}

/** What a pane that is being dragged carries. */
const DRAGGED = "application/x-aideator-pane";

/** One variation, live: its score as the head, by which it can be dragged to another place, and its transcript. */
export const Pane = memo(function Pane(props: PaneProps): ReactElement {
  const { runId, runStatus, store, variation, winner, suggested, maximised, hasNeighbours, canSelect, gates } = props;
  const { index } = variation;
  const letter = variationLetter(index);
  const focus = (): void => props.onFocusPane(index);
  const [over, setOver] = useState<"before" | "after">();
  const [dragged, setDragged] = useState(false);
  const onDragOver = (event: DragEvent): void => {
    // Onto itself nothing would move.
    if (dragged || !event.dataTransfer.types.includes(DRAGGED)) return;
    event.preventDefault();
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setOver(event.clientX < left + width / 2 ? "before" : "after");
  };
  const onDrop = (event: DragEvent): void => {
    const other = event.dataTransfer.getData(DRAGGED);
    if (other === "" || over === undefined) return;
    event.preventDefault();
    setOver(undefined);
    props.onPlace(Number(other), index, over);
  };
  return (
    <section
      aria-label={`Variation ${letter}`}
      data-v={letter}
      data-pane={index}
      onFocusCapture={focus}
      onPointerDownCapture={focus}
      onDragOver={onDragOver}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(undefined)}
      onDrop={onDrop}
      data-dragged={dragged ? "" : undefined}
      className={cx(
        "relative flex h-full min-h-0 min-w-0 flex-col transition-opacity data-[dragged]:opacity-40",
        // With all the room there is, lines of text stay readable.
        (maximised || !hasNeighbours) && "[--reading:calc(90ch+24px)]",
      )}
    >
      <div
        draggable={hasNeighbours && !maximised}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAGGED, String(index));
          event.dataTransfer.effectAllowed = "move";
          // After the picture of it was taken.
          requestAnimationFrame(() => setDragged(true));
        }}
        onDragEnd={() => setDragged(false)}
        onDoubleClick={(event) =>
          hasNeighbours && event.target instanceof Element && !event.target.closest("button") && props.onMaximise(index)
        }
        className={cx(hasNeighbours && !maximised && "min-[701px]:cursor-grab")}
      >
        <PaneBoundary what={`The score of ${letter}`}>
          <ScoreCell
            runId={runId}
            variation={variation}
            winner={winner}
            suggested={suggested}
            canSelect={canSelect}
            gates={gates}
            onSelect={props.onSelect}
          >
            <PaneButtons {...props} letter={letter} />
          </ScoreCell>
        </PaneBoundary>
      </div>
      <PaneBoundary what={`The transcript of ${letter}`}>
        <PaneTranscript store={store} index={index} runStatus={runStatus} onDiff={props.onDiff} onComment={props.onComment} />
      </PaneBoundary>
      {over !== undefined && (
        <div
          aria-hidden="true"
          className={cx(
            "pointer-events-none absolute inset-y-0 z-10 w-1/2 border-v bg-[color-mix(in_srgb,var(--v)_10%,transparent)]",
            over === "before" ? "left-0 border-l-[3px]" : "right-0 border-r-[3px]",
          )}
        />
      )}
    </section>
  );
});

function PaneButtons({ variation, maximised, hasNeighbours, letter, ...actions }: PaneProps & { letter: string }): ReactElement {
  const { index } = variation;
  const look = "-mr-1.5 size-[22px] @max-[215px]:hidden";
  const entries: MenuEntry[] = [
    { key: "diff", kind: "item", label: `Diff of ${letter}`, onSelect: () => actions.onDiff(index) },
    { key: "find", kind: "item", label: `Find in ${letter}`, shortcut: "/", onSelect: () => actions.onFind(index) },
  ];
  if (hasNeighbours) {
    const [label, shortcut] = maximised ? ["Show all panes", "Esc"] : ["Maximise", String(index + 1)];
    entries.push(
      { key: "line", kind: "line" },
      { key: "maximise", kind: "item", label, shortcut, onSelect: () => actions.onMaximise(index) },
      { key: "left", kind: "item", label: "Move left", shortcut: "<", onSelect: () => actions.onMove(index, -1) },
      { key: "right", kind: "item", label: "Move right", shortcut: ">", onSelect: () => actions.onMove(index, 1) },
      { key: "hide", kind: "item", label: `Hide ${letter}`, shortcut: "H", onSelect: () => actions.onHide(index) },
    );
  }
  return (
    <>
      {hasNeighbours && (
        <Button
          kind="quiet"
          size="icon"
          aria-label={maximised ? "Show all panes" : `Maximise ${letter}`}
          title={maximised ? "Show all panes (Esc)" : `Maximise ${letter} (${index + 1})`}
          onClick={() => actions.onMaximise(index)}
          className={cx(look, "max-[700px]:hidden")}
        >
          {maximised ? <Minimize2 aria-hidden="true" className="size-3" /> : <Maximize2 aria-hidden="true" className="size-3" />}
        </Button>
      )}
      <Menu
        label={`More for ${letter}`}
        entries={entries}
        trigger={
          <Button kind="quiet" size="icon" aria-label={`More for ${letter}`} title="More" className="-mr-1.5 size-[22px]">
            <Ellipsis aria-hidden="true" className="size-3.5" />
          </Button>
        }
      />
    </>
  );
}
