"use client";

import { type Command, keyName, type Shortcut, useCommands } from "@/components/palette/registry";

export interface RunKeys {
  /** 0…4 for the keys 1–5. */
  onPane: (variation: number) => void;
  onRestore: () => void;
  onSelect: () => void;
  onDiff: () => void;
  onLive: () => void;
}

type Keyed = Omit<Command, "run"> & { key: string };

const group = "A run";
const live: Keyed = { id: "live", title: "Live", group, key: "l", keywords: ["tab", "panes", "transcript"] };
const diff: Keyed = { id: "diff", title: "Diff", group, key: "d", keywords: ["tab", "changes", "files"] };
const select: Keyed = { id: "select", title: "Select the focused variation", group, key: "s", keyOnly: true };
const restore: Keyed = { id: "panes", title: "Live: show all panes", group, key: "escape", keyOnly: true };

/** Keys that a view handles itself, and those that are told of together. */
const views: readonly Shortcut[] = [
  { keys: "1 – 5", what: "Live: maximise a pane; again to show all", group },
  { keys: "1 – 5", what: "Diff: the right side", group },
  { keys: "⇧ 1 – 5", what: "Diff: the left side", group },
  { keys: "[ ]", what: "Diff: previous and next change", group },
];

/** The keys of the run page, for where no run is open. */
export const runShortcuts: readonly Shortcut[] = [
  ...[live, diff, select, restore].map(({ key, title }) => ({ keys: keyName(key), what: title, group })),
  ...views,
];

/** The keys of the run page, each also a command. `panes` is false where 1–5 and Escape belong to the view itself. */
export function useRunKeys(keys: RunKeys, panes: boolean): void {
  const ofPanes = Array.from({ length: 5 }, (_, index) => ({
    id: `pane-${index}`,
    title: `Maximise pane ${index + 1}`,
    group,
    key: String(index + 1),
    keyOnly: true as const,
    unlisted: true as const,
    run: () => keys.onPane(index),
  }));
  useCommands(
    [
      { ...live, run: keys.onLive },
      { ...diff, run: keys.onDiff },
      { ...select, run: keys.onSelect },
      ...(panes ? [{ ...restore, run: keys.onRestore }, ...ofPanes] : []),
    ],
    views,
  );
}
