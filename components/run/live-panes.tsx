"use client";

import { Fragment, type ReactElement, type RefObject, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { Group, type GroupImperativeHandle, Panel, Separator, useGroupRef } from "react-resizable-panels";
import type { StoreApi } from "zustand";
import { useStore } from "zustand";
import { useGateTicks } from "@/components/checks/score-gates";
import { cx } from "@/components/ui/cx";
import type { RunStore } from "@/lib/client/run-store";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { canWin, winnerOf } from "./can-win";
import { Pane, type PaneActions } from "./pane";
import { shownPanes } from "./pane-order";
import type { PaneStore } from "./pane-store";
import { PaneTabs } from "./pane-tabs";

/** The library styles its elements inline: what differs on a phone (one pane per screen, swiped) has to be stronger. */
const groupLook = cx(
  "overflow-x-auto! overflow-y-hidden! [&>[data-panel]]:min-w-60! [&>[data-away]]:hidden!",
  "max-[700px]:snap-x max-[700px]:snap-mandatory max-[700px]:touch-auto! max-[700px]:[&_[data-panel]>div]:touch-auto!",
  "max-[700px]:[&>[data-panel]]:shrink-0! max-[700px]:[&>[data-panel]]:grow-0! max-[700px]:[&>[data-panel]]:basis-full!",
  "max-[700px]:[&>[data-panel]]:snap-start max-[700px]:[&>[data-separator]]:hidden max-[700px]:[&>[data-away]]:flex!",
);

const panelId = (variation: number): string => `pane-${variationLetter(variation)}`;

interface LivePanesProps extends Pick<PaneActions, "onSelect" | "onDiff" | "onFind" | "onComment"> {
  /** Its transcripts may be behind. */
  run: RunState;
  store: RunStore;
  panes: StoreApi<PaneStore>;
}

/** The panes side by side, as a person has arranged them; one can fill the place of all. */
export function LivePanes({ run, store, panes, onSelect, onDiff, onFind, onComment }: LivePanesProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const arrangement = useStore(panes);
  const { focused, maximised, widths } = arrangement;
  const shown = shownPanes(arrangement);
  const groupRef = useGroupRef();
  const key = shown.join(",");
  useKeptScroll(box, key);

  useWidths(groupRef, key, widths);

  const actions = useMemo((): PaneActions => {
    const { focus, maximise, show, move, place } = panes.getState();
    return {
      onSelect,
      onDiff,
      onFind,
      onComment,
      onMaximise: maximise,
      onFocusPane: focus,
      onHide: (pane) => show(pane, false),
      onMove: move,
      onPlace: place,
    };
  }, [panes, onSelect, onDiff, onFind, onComment]);

  const go = (variation: number): void => {
    if (maximised !== undefined && maximised !== variation) panes.getState().maximise(variation);
    panes.getState().focus(variation);
    box.current?.querySelector(`[data-pane="${variation}"]`)?.scrollIntoView({ inline: "start", block: "nearest" });
  };

  // Swiping is focusing: the pane in sight is the one that is acted on.
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const onScroll = (): void => {
      if (!matchMedia("(max-width: 700px)").matches || current.clientWidth === 0) return;
      const pane = shownPanes(panes.getState())[Math.round(current.scrollLeft / current.clientWidth)];
      if (pane !== undefined) panes.getState().focus(pane);
    };
    current.addEventListener("scroll", onScroll, { passive: true });
    return () => current.removeEventListener("scroll", onScroll);
  }, [panes]);

  const ticks = useGateTicks(run);
  const all = shown.flatMap((index) => run.variations[index] ?? []);
  return (
    <div className="flex h-full min-h-0 flex-col">
      {all.length > 1 && <PaneTabs variations={all} focused={focused} always={maximised !== undefined} onGo={go} />}
      <div className="min-h-0 flex-1">
        <Group
          elementRef={box}
          groupRef={groupRef}
          orientation="horizontal"
          className={groupLook}
          onLayoutChanged={(layout, { isUserInteraction }) => {
            if (isUserInteraction && shown.length > 1) panes.getState().resize(shown.map((index) => layout[panelId(index)] ?? 0));
          }}
        >
          {all.map((variation, place) => {
            const { index } = variation;
            const left = shown[place - 1];
            return (
              <Fragment key={index}>
                {left !== undefined && (
                  <Separator
                    aria-label={`Width of ${variationLetter(left)} and ${variationLetter(index)}`}
                    data-away={maximised === undefined ? undefined : ""}
                    className="w-px bg-line outline-offset-0 transition-colors hover:bg-line-strong data-[separator=active]:bg-muted"
                  />
                )}
                <Panel
                  id={panelId(index)}
                  minSize="160px"
                  data-away={maximised !== undefined && maximised !== index ? "" : undefined}
                  className="overflow-hidden!"
                >
                  <Pane
                    runId={run.runId}
                    runStatus={run.status}
                    store={store}
                    variation={variation}
                    winner={winnerOf(run, variation)}
                    suggested={canWin(run, variation)}
                    maximised={maximised === index}
                    hasNeighbours={all.length > 1}
                    canSelect={run.base !== undefined}
                    gates={ticks[index]}
                    {...actions}
                  />
                </Panel>
              </Fragment>
            );
          })}
        </Group>
      </div>
    </div>
  );
}

/** So many frames a group may take until it knows of a pane that came, went or moved. */
const MAX_FRAMES = 30;
/** A group that has kept widths for so many frames keeps them. */
const STEADY_FRAMES = 3;

/** Gives the panes that are shown (`key`, from left to right) their widths. */
function useWidths(group: RefObject<GroupImperativeHandle | null>, key: string, widths: readonly number[] | undefined): void {
  useEffect(() => {
    const ids = key.split(",").map((index) => panelId(Number(index)));
    const wanted = Object.fromEntries(ids.map((id, place) => [id, widths?.[place] ?? 100 / ids.length]));
    let frames = 0;
    let steady = 0;
    let frame = 0;
    const apply = (): void => {
      const layout = group.current?.getLayout() ?? {};
      const known = Object.keys(layout);
      if (known.length === ids.length && ids.every((id) => known.includes(id))) {
        const same = ids.every((id) => Math.abs((layout[id] ?? 0) - (wanted[id] ?? 0)) < 0.5);
        steady = same ? steady + 1 : 0;
        if (!same) group.current?.setLayout(wanted);
      }
      frames += 1;
      if (steady < STEADY_FRAMES && frames < MAX_FRAMES) frame = requestAnimationFrame(apply);
    };
    apply();
    return () => cancelAnimationFrame(frame);
  }, [group, key, widths]);
}

/** An element that is moved in the document forgets how far it was scrolled: after a change of `key` all are where they were. */
function useKeptScroll(box: { readonly current: HTMLElement | null }, key: string): void {
  const tops = useRef(new Map<Element, number>());
  useLayoutEffect(() => {
    for (const [element, top] of tops.current) if (element.isConnected && element.scrollTop !== top) element.scrollTop = top;
  }, [key]);
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const onScroll = ({ target }: Event): void => {
      if (target instanceof Element && target.getAttribute("role") === "log") tops.current.set(target, target.scrollTop);
    };
    current.addEventListener("scroll", onScroll, { capture: true, passive: true });
    return () => current.removeEventListener("scroll", onScroll, { capture: true });
  }, [box]);
}
