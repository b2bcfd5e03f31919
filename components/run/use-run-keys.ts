"use client";

import { useEffect, useRef } from "react";

export interface RunKeys {
  /** 0…4 for the keys 1–5. */
  onPane: (variation: number) => void;
  onRestore: () => void;
  onSelect: () => void;
  onDiff: () => void;
  onLive: () => void;
  onHelp: () => void;
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

/** Where keys are text or belong to something else. */
const TAKEN =
  "input, textarea, select, [contenteditable], [role='textbox'], [role='dialog'], [role='alertdialog'], [role='menu'], .monaco-editor";

/** The keys of the run page. `panes` is false where the panes are not in sight: their keys belong to the view itself. */
export function useRunKeys(keys: RunKeys, panes: boolean): void {
  const current = useRef({ keys, panes });
  useEffect(() => {
    current.current = { keys, panes };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const { keys: all, panes: live } = current.current;
      const action = live && isBrowserFind(event) ? () => all.onFind(event.shiftKey) : plainAction(event, all, live);
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

/** The browser's own search does not see what is folded, or out of sight. Pressed a second time, in our field, it is the browser's again. */
function isBrowserFind({ key, ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean {
  const taken = target instanceof Element && target.closest(TAKEN) !== null;
  return !taken && !altKey && ctrlKey !== metaKey && key.toLowerCase() === "f";
}

function plainAction(event: KeyboardEvent, keys: RunKeys, panes: boolean): (() => void) | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.target instanceof Element && event.target.closest(TAKEN) !== null) return undefined;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const live = panes ? paneAction(key, event.shiftKey, keys) : undefined;
  // Only steps are worth repeating.
  if (event.repeat && !["j", "k"].includes(key)) return undefined;
  return live ?? pageAction(key, keys);
}

function pageAction(key: string, keys: RunKeys): (() => void) | undefined {
  switch (key) {
    case "s":
      return keys.onSelect;
    case "d":
      return keys.onDiff;
    case "l":
      return keys.onLive;
    case "?":
      return keys.onHelp;
    default:
      return undefined;
  }
}

function paneAction(key: string, shift: boolean, keys: RunKeys): (() => void) | undefined {
  if (/^[1-5]$/.test(key)) return () => keys.onPane(Number(key) - 1);
  switch (key) {
    case "Escape":
      return keys.onRestore;
    case "h":
      return () => keys.onHide(shift);
    case "<":
      return () => keys.onMove(-1);
    case ">":
      return () => keys.onMove(1);
    case "End":
      return keys.onLatest;
    case "j":
      return () => keys.onStep(1);
    case "k":
      return () => keys.onStep(-1);
    case "c":
      return () => keys.onCopy("text");
    case "y":
      return () => keys.onCopy("link");
    case "/":
      return () => keys.onFind(false);
    default:
      return undefined;
  }
}
