"use client";

import type { ReactElement } from "react";
import { cx } from "./cx";
import { Key } from "./key";
import { useHydrated } from "./use-hydrated";

/** The keys that send a form from anywhere in it, as this computer names them. */
export function SubmitKey({ className }: { className?: string }): ReactElement {
  const hydrated = useHydrated();
  const isApple = hydrated && /Mac|iP(hone|ad|od)/.test(navigator.platform);
  return <Key className={cx("key-submit", className)}>{isApple ? "⌘⏎" : "Ctrl ⏎"}</Key>;
}
