"use client";

import { storedValue } from "@/lib/client/stored-value";
import { type Likeness, likenesses } from "@/lib/compare/mark";

/** How differences are shown; kept by the browser. */
export interface ViewSettings {
  sideBySide: boolean;
  wrap: boolean;
  /** At the beginning and the end of lines. */
  ignoreWhitespace: boolean;
  /** Unchanged lines are folded but for a few around each change. */
  foldUnchanged: boolean;
  /** What counts as the same in tree marks and hunk map. */
  likeness: Likeness;
  /** The hunk map stands beside the diff, where there is room. */
  hunks: boolean;
}

const defaults: ViewSettings = {
  sideBySide: true,
  wrap: false,
  ignoreWhitespace: false,
  foldUnchanged: true,
  likeness: "exact",
  hunks: false,
};

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
  const flag = (name: Exclude<keyof ViewSettings, "likeness">): boolean => {
    const value = kept[name];
    return typeof value === "boolean" ? value : defaults[name];
  };
  return {
    sideBySide: flag("sideBySide"),
    wrap: flag("wrap"),
    ignoreWhitespace: flag("ignoreWhitespace"),
    foldUnchanged: flag("foldUnchanged"),
    likeness: likenesses.find((one) => one === kept.likeness) ?? defaults.likeness,
    hunks: flag("hunks"),
  };
}
