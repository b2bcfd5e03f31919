"use client";

import { storedValue } from "@/lib/client/stored-value";

/** How differences are shown; kept by the browser. */
export interface ViewSettings {
  sideBySide: boolean;
  wrap: boolean;
  /** At the beginning and the end of lines. */
  ignoreWhitespace: boolean;
  /** Unchanged lines are folded but for a few around each change. */
  foldUnchanged: boolean;
}

const defaults: ViewSettings = { sideBySide: true, wrap: false, ignoreWhitespace: false, foldUnchanged: true };

export const viewSettings = storedValue<ViewSettings>("aideator.diff-view", parseViewSettings, JSON.stringify);

/** Only what still makes sense: another release may have written it. */
export function parseViewSettings(text: string | null): ViewSettings {
  let kept: Partial<Record<keyof ViewSettings, unknown>> = {};
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    if (typeof value === "object" && value !== null) kept = value;
  } catch {
    // As if nothing was kept.
  }
  const flag = (name: keyof ViewSettings): boolean => {
    const value = kept[name];
    return typeof value === "boolean" ? value : defaults[name];
  };
  return {
    sideBySide: flag("sideBySide"),
    wrap: flag("wrap"),
    ignoreWhitespace: flag("ignoreWhitespace"),
    foldUnchanged: flag("foldUnchanged"),
  };
}
