"use client";

import { useEffect, useRef } from "react";
import { type Command, isTaken, keyName, type Shortcut, useCommands } from "@/components/palette/registry";

export interface RunKeys {
  /** 0…4 for the keys 1–5. */
  onPane: (variation: number) => void;
  onRestore: () => void;
  onSelect: () => void;
  onDiff: () => void;
  onChecks: () => void;
  onLive: () => void;
  onMessage: () => void;
  /** Begins a comment on the marked item. */
  onComment: () => void;
  onCompose: () => void;
  /** Hides the focused pane; with Shift shows all that are hidden. */
  onHide: (all: boolean) => void;
  onMove: (by: -1 | 1) => void;
  onLatest: () => void;
  /** From item to item in the focused pane. */
  onStep: (by: -1 | 1) => void;
  onCopy: (what: "text" | "link") => void;
  /** `all`: in every pane that is shown; else where it was searched last. */
  onFind: (all: boolean) => void;
}

type Keyed = Omit<Command, "run"> & { key: string; run: (keys: RunKeys) => void };

const run = "A run";
const live = "Live";
const ofPage: readonly Keyed[] = [
  { id: "live", title: "Live", group: run, key: "l", keywords: ["tab", "panes", "transcript"], run: (keys) => keys.onLive() },
  { id: "diff", title: "Diff", group: run, key: "d", keywords: ["tab", "changes", "files"], run: (keys) => keys.onDiff() },
  {
    id: "message",
    title: "Write a message",
    group: run,
    key: "m",
    keywords: ["follow-up", "steer", "say", "queue"],
    run: (keys) => keys.onMessage(),
  },
  {
    id: "checks",
    title: "Checks",
    group: run,
    key: "q",
    keywords: ["tab", "gates", "tests", "cross-tests"],
    run: (keys) => keys.onChecks(),
  },
  { id: "compose", title: "Compose", group: run, key: "g", keywords: ["tab", "hunks", "winner", "merge"], run: (keys) => keys.onCompose() },
  { id: "select", title: "Select the focused variation", group: run, key: "s", keyOnly: true, run: (keys) => keys.onSelect() },
];
const focused = { group: live, keyOnly: true } as const;
const ofPanes: readonly Keyed[] = [
  { ...focused, id: "panes", title: "Show all panes; take the mark away", key: "escape", run: (keys) => keys.onRestore() },
  { ...focused, id: "pane-left", title: "Move the focused pane to the left", key: "<", run: (keys) => keys.onMove(-1) },
  { ...focused, id: "pane-right", title: "Move the focused pane to the right", key: ">", run: (keys) => keys.onMove(1) },
  { ...focused, id: "pane-hide", title: "Hide the focused pane", key: "h", shift: false, run: (keys) => keys.onHide(false) },
  { id: "panes-show", title: "Show all hidden panes", group: live, key: "h", shift: true, run: (keys) => keys.onHide(true) },
  { ...focused, id: "latest", title: "To the latest, and follow it", key: "end", run: (keys) => keys.onLatest() },
  { ...focused, id: "item-next", title: "Mark the next item", key: "j", repeats: true, run: (keys) => keys.onStep(1) },
  { ...focused, id: "item-previous", title: "Mark the previous item", key: "k", repeats: true, run: (keys) => keys.onStep(-1) },
  { ...focused, id: "item-copy", title: "Copy the text of the marked item", key: "c", run: (keys) => keys.onCopy("text") },
  { ...focused, id: "item-link", title: "Copy a link to the marked item", key: "y", run: (keys) => keys.onCopy("link") },
  { ...focused, id: "item-comment", title: "Comment on the marked item", key: "r", run: (keys) => keys.onComment() },
  { id: "find", title: "Find in the focused pane", group: live, key: "/", keywords: ["search"], run: (keys) => keys.onFind(false) },
];

/** Keys that a view handles itself, and those that are told of together. */
const views: readonly Shortcut[] = [
  { keys: "1 – 5", what: "Maximise a pane, whatever its place; again to show all", group: live },
  { keys: "Ctrl F / ⌘ F", what: "Find in the focused pane; with ⇧ in all panes", group: live },
  { keys: "⏎ ⇧⏎", what: "In the field: next and previous match", group: live },
  { keys: "1 – 5", what: "The right side", group: "Diff" },
  { keys: "⇧ 1 – 5", what: "The left side", group: "Diff" },
  { keys: "[ ] or P N", what: "Previous and next change, on into other files", group: "Diff" },
  { keys: "K J", what: "Previous and next file", group: "Diff" },
  { keys: "V", what: "File viewed", group: "Diff" },
  { keys: "X", what: "Swap sides", group: "Diff" },
  { keys: "I", what: "Inline or side by side", group: "Diff" },
  { keys: "T", what: "Filter files", group: "Diff" },
  { keys: "O", what: "Only what diverges", group: "Diff" },
  { keys: "H", what: "Hunk map: who says what, place by place", group: "Diff" },
  { keys: "W", what: "Matrix: every file by every variation", group: "Diff" },
  { keys: "C", what: "Comment on the line, or the selected lines", group: "Diff" },
  { keys: "Ctrl ⏎ / ⌘ ⏎", what: "In the message: send it, with the comments", group: run },
  { keys: "← → ↑ ↓", what: "From cell to cell; Home, End, with Ctrl first and last", group: "Checks" },
  { keys: "⏎", what: "Open the details of a cell", group: "Checks" },
];

/** The keys of the run page, for where no run is open. */
export const runShortcuts: readonly Shortcut[] = [
  ...[...ofPage, ...ofPanes].map(({ key, shift, title, group }) => ({ keys: keyName(key, shift), what: title, group })),
  ...views,
];

/** The keys of the run page, each also a command. `panes` is false where the panes are not in sight: their keys belong to the view itself. */
export function useRunKeys(keys: RunKeys, panes: boolean): void {
  const maximise = Array.from({ length: 5 }, (_, index): Keyed => {
    const title = `Maximise pane ${index + 1}`;
    const key = String(index + 1);
    return { ...focused, id: `pane-${index}`, title, key, unlisted: true, run: () => keys.onPane(index) };
  });
  const commands = panes ? [...ofPage, ...ofPanes, ...maximise] : ofPage;
  useCommands(
    commands.map((command) => ({ ...command, run: () => command.run(keys) })),
    views,
  );
  useBrowserFind(panes, keys.onFind);
}

/** The browser's own search does not see what is folded, or out of sight. Pressed a second time, in our field, it is the browser's again. */
function useBrowserFind(panes: boolean, onFind: RunKeys["onFind"]): void {
  const current = useRef({ panes, onFind });
  useEffect(() => {
    current.current = { panes, onFind };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, shiftKey, repeat, target } = event;
      if (event.defaultPrevented || repeat || altKey || ctrlKey === metaKey || key.toLowerCase() !== "f") return;
      if (!current.current.panes || isTaken(target)) return;
      event.preventDefault();
      current.current.onFind(shiftKey);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
