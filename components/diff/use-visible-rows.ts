"use client";

import { type RefObject, useEffect, useState } from "react";

/** Rows beyond the edges that are drawn as well, so that a quick scroll shows no gaps. */
const OVERSCAN = 12;
const FIRST_HEIGHT = 900;

/** Which rows of a long list, all of one height in px, are in sight: `from` up to but not including `to`. */
export function useVisibleRows(ref: RefObject<HTMLElement | null>, count: number, rowHeight: number): { from: number; to: number } {
  const [box, setBox] = useState({ top: 0, height: FIRST_HEIGHT });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = (): void => {
      const next = { top: element.scrollTop, height: element.clientHeight || FIRST_HEIGHT };
      setBox((before) => (before.top === next.top && before.height === next.height ? before : next));
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [ref]);
  const from = Math.max(0, Math.floor(box.top / rowHeight) - OVERSCAN);
  return { from: Math.min(from, Math.max(0, count - 1)), to: Math.min(count, Math.ceil((box.top + box.height) / rowHeight) + OVERSCAN) };
}
