import type { ReactElement, ReactNode } from "react";
import { cx } from "./cx";

/** A key on the keyboard. */
export function Key({ children, className }: { children: ReactNode; className?: string }): ReactElement {
  return (
    <kbd className={cx("key", className)} aria-hidden="true">
      {children}
    </kbd>
  );
}
