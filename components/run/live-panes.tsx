"use client";

import { Fragment, type ReactElement, useEffect, useRef } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";
import { cx } from "@/components/ui/cx";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { canWin } from "./can-win";
import { Pane, type PaneActions } from "./pane";
import { PaneTabs } from "./pane-tabs";

/** The library styles its elements inline: what differs on a phone (one pane per screen, swiped) has to be stronger. */
const groupLook = cx(
  "overflow-x-auto! overflow-y-hidden! [&>[data-panel]]:min-w-60! [&>[data-away]]:hidden!",
  "max-[700px]:snap-x max-[700px]:snap-mandatory max-[700px]:touch-auto! max-[700px]:[&_[data-panel]>div]:touch-auto!",
  "max-[700px]:[&>[data-panel]]:shrink-0! max-[700px]:[&>[data-panel]]:grow-0! max-[700px]:[&>[data-panel]]:basis-full!",
  "max-[700px]:[&>[data-panel]]:snap-start max-[700px]:[&>[data-separator]]:hidden max-[700px]:[&>[data-away]]:flex!",
);

/** The panes side by side; one can fill the place of all. `focused` is the pane that keys are for. */
export function LivePanes({
  run,
  focused,
  maximised,
  ...actions
}: { run: RunState; focused: number; maximised: number | undefined } & PaneActions): ReactElement {
  const group = useRef<HTMLDivElement>(null);
  const { onFocusPane } = actions;

  const go = (variation: number): void => {
    onFocusPane(variation);
    group.current?.querySelector(`[data-pane="${variation}"]`)?.scrollIntoView({ inline: "start", block: "nearest" });
  };

  // Swiping is focusing: the pane in sight is the one that is acted on.
  useEffect(() => {
    const box = group.current;
    if (box === null) return;
    const onScroll = (): void => {
      if (matchMedia("(max-width: 700px)").matches && box.clientWidth > 0) onFocusPane(Math.round(box.scrollLeft / box.clientWidth));
    };
    box.addEventListener("scroll", onScroll, { passive: true });
    return () => box.removeEventListener("scroll", onScroll);
  }, [onFocusPane]);

  return (
    <div className="flex h-full min-h-0 flex-col">
      {run.variations.length > 1 && <PaneTabs variations={run.variations} focused={focused} onGo={go} />}
      <div className="min-h-0 flex-1">
        <Group elementRef={group} orientation="horizontal" className={groupLook}>
          {run.variations.map((variation) => {
            const { index } = variation;
            const away = maximised !== undefined && maximised !== index;
            return (
              <Fragment key={index}>
                {index > 0 && (
                  <Separator
                    aria-label={`Width of ${variationLetter(index - 1)} and ${variationLetter(index)}`}
                    data-away={maximised === undefined ? undefined : ""}
                    className="w-px bg-line outline-offset-0 transition-colors hover:bg-line-strong data-[separator=active]:bg-muted"
                  />
                )}
                <Panel id={`pane-${variationLetter(index)}`} minSize="160px" data-away={away ? "" : undefined} className="overflow-hidden!">
                  <Pane
                    runId={run.runId}
                    runStatus={run.status}
                    variation={variation}
                    winner={run.selection?.winner === index}
                    suggested={canWin(run, variation)}
                    focused={focused === index}
                    maximised={maximised === index}
                    canMaximise={run.variations.length > 1}
                    canSelect={run.base !== undefined}
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
