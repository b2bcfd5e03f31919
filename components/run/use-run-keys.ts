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
}

/** Where keys are text or belong to something else. */
const TAKEN =
  "input, textarea, select, [contenteditable], [role='textbox'], [role='dialog'], [role='alertdialog'], [role='menu'], .monaco-editor";

/** The keys of the run page. `panes` is false where 1–5 and Escape belong to the view itself. */
export function useRunKeys(keys: RunKeys, panes: boolean): void {
  const current = useRef({ keys, panes });
  useEffect(() => {
    current.current = { keys, panes };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
      if (event.target instanceof Element && event.target.closest(TAKEN) !== null) return;
      const action = actionOf(event.key, current.current.keys, current.current.panes);
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

function actionOf(key: string, keys: RunKeys, panes: boolean): (() => void) | undefined {
  if (panes && /^[1-5]$/.test(key)) return () => keys.onPane(Number(key) - 1);
  switch (key) {
    case "Escape":
      return panes ? keys.onRestore : undefined;
    case "s":
    case "S":
      return keys.onSelect;
    case "d":
    case "D":
      return keys.onDiff;
    case "l":
    case "L":
      return keys.onLive;
    case "?":
      return keys.onHelp;
    default:
      return undefined;
  }
}
