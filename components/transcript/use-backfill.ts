"use client";

import { useEffect, useState } from "react";

/** Leaves room for a frame between two pieces. */
const PAUSE_MS = 16;

/**
 * How many pieces at the beginning are not shown yet. Only the last one is there at first, on the server too; the others follow one by
 * one, backwards, so that a long transcript neither holds up the server nor the page.
 */
export function useBackfill(pieces: number): number {
  const [hidden, setHidden] = useState(Math.max(0, pieces - 1));
  useEffect(() => {
    if (hidden === 0) return;
    const timer = setTimeout(() => setHidden(hidden - 1), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [hidden]);
  return hidden;
}
