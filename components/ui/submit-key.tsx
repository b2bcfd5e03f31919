"use client";

import type { ReactElement } from "react";
import { cx } from "./cx";
import { Key } from "./key";
import { useIsApple } from "./use-is-apple";

/** The keys that send a form from anywhere in it, as this computer names them. */
export function SubmitKey({ className }: { className?: string }): ReactElement {
  return <Key className={cx("key-submit", className)}>{useIsApple() ? "⌘⏎" : "Ctrl ⏎"}</Key>;
}
