"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { selectionTouches } from "./use-unselected";

/** Nearer to the end than this counts as being there. */
const NEAR = 32;

/**
 * Keeps a scroller at its end while its content grows, until a person scrolls up or selects something in it; `jump` goes back to following.
 * `content` is the element that grows.
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): { following: boolean; jump: () => void } {
  const [following, setFollowing] = useState(true);
  const stuck = useRef(true);

  const stick = useCallback((next: boolean): void => {
    stuck.current = next;
    setFollowing(next);
  }, []);

  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (box === null || inner === null) return;
    let lastTop = box.scrollTop;
    const toEnd = (): void => {
      if (!stuck.current || box.clientHeight === 0) return;
      box.scrollTop = box.scrollHeight;
      lastTop = box.scrollTop;
    };
    const onScroll = (): void => {
      const distance = box.scrollHeight - box.clientHeight - box.scrollTop;
      // Content that grows moves the end away without a scroll upwards: that is no wish to stay.
      if (distance > NEAR && box.scrollTop < lastTop) stick(false);
      else if (distance <= NEAR && !stuck.current && !selectionTouches(inner)) stick(true);
      lastTop = box.scrollTop;
    };
    // What somebody is reading so closely must not be pulled away.
    const onSelect = (): void => {
      if (stuck.current && selectionTouches(inner)) stick(false);
    };
    // What somebody opens grows below the row that was pressed: the row stays where it is. The keyboard presses rows as well.
    const onPress = ({ target }: Event): void => {
      if (!stuck.current || !(target instanceof Element) || target.closest("[aria-expanded], summary") === null) return;
      stick(false);
      requestAnimationFrame(() => requestAnimationFrame(onScroll));
    };
    const observer = new ResizeObserver(toEnd);
    observer.observe(box);
    observer.observe(inner);
    box.addEventListener("scroll", onScroll, { passive: true });
    inner.addEventListener("click", onPress, { capture: true });
    document.addEventListener("selectionchange", onSelect);
    return () => {
      observer.disconnect();
      inner.removeEventListener("click", onPress, { capture: true });
      document.removeEventListener("selectionchange", onSelect);
      box.removeEventListener("scroll", onScroll);
    };
  }, [scroller, content, stick]);

  const jump = (): void => {
    // What is selected would hold the place.
    if (selectionTouches(content.current)) document.getSelection()?.removeAllRanges();
    stick(true);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  };

  return { following, jump };
}
