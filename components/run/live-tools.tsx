"use client";

import { Columns3, Search } from "lucide-react";
import type { ReactElement } from "react";
import { type StoreApi, useStore } from "zustand";
import { Button } from "@/components/ui/button";
import { Key } from "@/components/ui/key";
import { Letter } from "@/components/variation/letter";
import type { RunState } from "@/lib/run/state";
import { Menu, type MenuEntry } from "./menu";
import { shownPanes } from "./pane-order";
import type { PaneStore } from "./pane-store";
import { agentName, modelName } from "./spec-words";

/** Beside the tabs: which panes are shown, and the way to find something in them. */
export function LiveTools({
  run,
  panes,
  live,
  onFind,
  onHelp,
}: {
  run: RunState;
  /** The panes are in sight: elsewhere there is nothing that these could be for. */
  live: boolean;
  panes: StoreApi<PaneStore>;
  onFind: () => void;
  onHelp: () => void;
}): ReactElement {
  return (
    <>
      {live && (
        <Button kind="quiet" onClick={onFind} aria-label="Find in transcripts" title="Find in transcripts (/)">
          <Search aria-hidden="true" className="size-3.5" />
          <span className="max-[900px]:hidden">Find</span> <Key className="max-[900px]:hidden">/</Key>
        </Button>
      )}
      {live && run.variations.length > 1 && <PanesMenu run={run} panes={panes} />}
      <Button kind="quiet" onClick={onHelp} className="max-[700px]:hidden">
        Shortcuts <Key>?</Key>
      </Button>
    </>
  );
}

function PanesMenu({ run, panes }: { run: RunState; panes: StoreApi<PaneStore> }): ReactElement {
  const arrangement = useStore(panes);
  const shown = shownPanes(arrangement);
  const count = run.variations.length;
  const words = shown.length === count ? `${count} panes` : `${shown.length} of ${count} panes`;
  const ticks = arrangement.order.map((index): MenuEntry => {
    const spec = run.variations[index]?.spec;
    const checked = shown.includes(index);
    return {
      key: String(index),
      kind: "tick",
      checked,
      disabled: checked && shown.length === 1,
      onChange: (next) => panes.getState().show(index, next),
      label: (
        <>
          <Letter variation={index} />
          {spec !== undefined && (
            <span>
              {agentName(spec)} <span className="text-faint">{modelName(spec)}</span>
            </span>
          )}
        </>
      ),
    };
  });
  const all: MenuEntry = { key: "all", kind: "item", label: "All panes, same width", onSelect: () => panes.getState().reset() };
  return (
    <Menu
      label="Panes"
      entries={[...ticks, { key: "line", kind: "line" }, all]}
      trigger={
        <Button kind="quiet" aria-label={`Layout: ${words}`} title="Which panes are shown">
          <Columns3 aria-hidden="true" className="size-3.5" />
          <span className="max-[700px]:sr-only">{words}</span>
        </Button>
      }
    />
  );
}
