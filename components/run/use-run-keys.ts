"use client";

import { type Command, type Shortcut, useCommands } from "@/components/palette/registry";

export interface RunKeys {
  /** 0…4 for the keys 1–5. */
  onPane: (variation: number) => void;
  onRestore: () => void;
  onSelect: () => void;
  onDiff: () => void;
  onLive: () => void;
}

const group = "Views";

/** Keys that a view handles itself, and those that are told of together. */
const shortcuts: readonly Shortcut[] = [
  { keys: "1 – 5", what: "Live: maximise a pane; again to show all", group },
  { keys: "1 – 5", what: "Diff: the right side", group },
  { keys: "⇧ 1 – 5", what: "Diff: the left side", group },
  { keys: "[ ]", what: "Diff: previous and next change", group },
];

/** The keys of the run page, each also a command. `panes` is false where 1–5 and Escape belong to the view itself. */
export function useRunKeys(keys: RunKeys, panes: boolean): void {
  const ofPanes: Command[] = Array.from({ length: panes ? 5 : 0 }, (_, index) => ({
    id: `pane-${index}`,
    title: `Maximise pane ${index + 1}`,
    group,
    key: String(index + 1),
    keyOnly: true,
    unlisted: true,
    run: () => keys.onPane(index),
  }));
  const restore: Command = { id: "panes", title: "Live: show all panes", group, key: "escape", keyOnly: true, run: keys.onRestore };
  useCommands(
    [
      { id: "live", title: "Live", group, key: "l", keywords: ["tab", "panes", "transcript"], run: keys.onLive },
      { id: "diff", title: "Diff", group, key: "d", keywords: ["tab", "changes", "files"], run: keys.onDiff },
      { id: "select", title: "Select the focused variation", group: "Decide", key: "s", keyOnly: true, run: keys.onSelect },
      ...ofPanes,
      ...(panes ? [restore] : []),
    ],
    shortcuts,
  );
}
