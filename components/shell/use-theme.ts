"use client";

import { useSyncExternalStore } from "react";
import { applyLook, storedTextSize, storedTheme, storeTextSize, storeTheme, type TextSize, type Theme } from "./theme";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  const follow = (): void => {
    applyLook(); // Chosen in another tab.
    listener();
  };
  listeners.add(listener);
  addEventListener("storage", follow);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", follow);
  };
}

/** The server knows no choice: it renders `system`, which is corrected on hydration. */
export function useTheme(): Theme {
  return useSyncExternalStore<Theme>(subscribe, storedTheme, () => "system");
}

export function useTextSize(): TextSize {
  return useSyncExternalStore<TextSize>(subscribe, storedTextSize, () => "standard");
}

export function chooseTheme(theme: Theme): void {
  storeTheme(theme);
  changed();
}

export function chooseTextSize(size: TextSize): void {
  storeTextSize(size);
  changed();
}

function changed(): void {
  applyLook();
  for (const listener of listeners) listener();
}
