import type { ReactElement, ReactNode } from "react";
import { cx } from "./cx";

/** A key on the keyboard. */
export function Key({ children, className }: { children: ReactNode; className?: string }): ReactElement {
  return (
    <kbd
      className={cx("inline-block rounded border border-line-strong px-1 text-[11px] leading-4 text-muted", className)}
      aria-hidden="true"
    >
      {children}
    </kbd>
  );
}
