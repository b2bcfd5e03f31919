"use client";

import { useHydrated } from "./use-hydrated";

/** Whether this computer's keyboard has a Command key; false until the page has come alive. */
export function useIsApple(): boolean {
  return useHydrated() && /Mac|iP(hone|ad|od)/.test(navigator.platform);
}
