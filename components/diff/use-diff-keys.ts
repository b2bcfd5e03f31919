"use client";

import { useEffect, useRef } from "react";

export interface DiffKeys {
  onStep: (direction: "next" | "previous") => void;
  onFile: (direction: "next" | "previous") => void;
  onViewed: () => void;
  onSwap: () => void;
  onInline: () => void;
  onFilter: () => void;
  onDiverging: () => void;
  onHunks: () => void;
  onMatrix: () => void;
  /** 0…4 for the keys 1–5, with Shift for the left side. */
  onSide: (variation: number, which: "left" | "right") => void;
}

/** Where keys are text or belong to something else; the editor only reads, so that it leaves them to the page. */
const TAKEN = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], [role=dialog], [role=menu], .find-widget";

/** The keys of the diff. */
export function useDiffKeys(keys: DiffKeys): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!isPageKey(event)) return;
      const action = actionOf(event, current.current);
      if (action === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    };
    // Before the editor, which has F7 for itself.
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, []);
}

/** False for keys that are text, or belong to something else. */
export function isPageKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return false;
  const target = event.target instanceof Element ? event.target : undefined;
  const inEditor =
    target?.closest(".monaco-editor, .monaco-diff-editor") != null &&
    target.closest(".find-widget, .diff-review, [data-comment-zone]") === null;
  return inEditor || target?.closest(TAKEN) == null;
}

/** Letters typed into the tree begin a file's name while it is walked by keyboard; after a click they are the page's keys. */
export function isTypeAhead(target: EventTarget | null, key: string): boolean {
  return target instanceof Element && target.closest('[role="tree"][data-walked]') !== null && /^[\w.]$/.test(key);
}

function actionOf(event: KeyboardEvent, keys: DiffKeys): (() => void) | undefined {
  // The key's place, since Shift turns its character into something else.
  const digit = /^Digit([1-5])$/.exec(event.code)?.[1];
  if (digit !== undefined) return () => keys.onSide(Number(digit) - 1, event.shiftKey ? "left" : "right");
  if (event.key === "F7") return () => keys.onStep(event.shiftKey ? "previous" : "next");
  if (isTypeAhead(event.target, event.key)) return undefined;
  switch (event.key) {
    case "]":
    case "n":
      return () => keys.onStep("next");
    case "[":
    case "p":
      return () => keys.onStep("previous");
    case "j":
      return () => keys.onFile("next");
    case "k":
      return () => keys.onFile("previous");
    case "v":
      return keys.onViewed;
    case "x":
      return keys.onSwap;
    case "i":
      return keys.onInline;
    case "t":
      return keys.onFilter;
    case "o":
      return keys.onDiverging;
    case "h":
      return keys.onHunks;
    case "w":
      return keys.onMatrix;
    default:
      return undefined;
  }
}
