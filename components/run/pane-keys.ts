import type { StoreApi } from "zustand";
import type { TranscriptStore } from "@/components/transcript/transcript-store";
import type { PaneStore } from "./pane-store";
import type { Find } from "./use-find";
import type { Items } from "./use-items";
import type { RunKeys } from "./use-run-keys";

/** What the keys of Live do. */
export function paneKeys(
  panes: StoreApi<PaneStore>,
  transcripts: StoreApi<TranscriptStore>,
  items: Items,
  find: Find,
): Omit<RunKeys, "onSelect" | "onDiff" | "onChecks" | "onLive"> {
  const log = (pane: number): HTMLElement | null => document.querySelector(`[data-pane="${pane}"] [role="log"]`);
  return {
    onPane: (variation) => {
      const { order, maximise } = panes.getState();
      if (!order.includes(variation)) return;
      maximise(variation);
      // A pane that is still out of sight cannot take the focus: after the next rendering it can.
      requestAnimationFrame(() => log(variation)?.focus());
    },
    onRestore: () => {
      panes.getState().restore();
      transcripts.getState().mark(undefined);
    },
    onHide: (all) => {
      const { focused, hidden, show } = panes.getState();
      if (all) for (const pane of hidden) show(pane, true);
      else show(focused, false);
    },
    onMove: (by) => panes.getState().move(panes.getState().focused, by),
    onLatest: () => {
      const box = log(panes.getState().focused);
      document.getSelection()?.removeAllRanges();
      box?.scrollTo({ top: box.scrollHeight });
    },
    onStep: items.step,
    onCopy: items.copy,
    onFind: find.show,
  };
}
