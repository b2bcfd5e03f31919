"use client";

import { type RefObject, useLayoutEffect, useState } from "react";

/**
 * `ready`, but not as long as a person has something selected in `box`: what would be drawn instead would take the selection back.
 * Once true it stays true.
 */
export function useUnselected(box: RefObject<HTMLElement | null>, ready: boolean): boolean {
  const [free, setFree] = useState(ready);
  useLayoutEffect(() => {
    if (!ready || free) return;
    const look = (): void => {
      if (!selectionTouches(box.current)) setFree(true);
    };
    look();
    document.addEventListener("selectionchange", look);
    return () => document.removeEventListener("selectionchange", look);
  }, [box, ready, free]);
  return free;
}

/** Whether a part of an element is selected. */
export function selectionTouches(element: Element | null): boolean {
  const selection = document.getSelection();
  return element !== null && selection !== null && !selection.isCollapsed && selection.containsNode(element, true);
}
