import Link from "next/link";
import type { ReactElement, ReactNode } from "react";
import { cx } from "@/components/ui/cx";
import { ThemeSwitch } from "./theme-switch";

/** The bar above every page. `children` stands on the right: the connection of a live page. */
export function TopBar({ current, children }: { current?: "runs"; children?: ReactNode }): ReactElement {
  return (
    <header className="sticky top-0 z-10 flex h-(--bar) shrink-0 items-center gap-4 border-line border-b bg-panel px-4">
      <Link href="/" className="rounded font-semibold text-body tracking-tight">
        AIdeator
      </Link>
      <nav aria-label="Main" className="flex items-center gap-1">
        <Link
          href="/"
          aria-current={current === "runs" ? "page" : undefined}
          className={cx(
            "inline-flex h-[26px] items-center rounded-md px-2.5 text-body hover:bg-hover hover:text-text",
            current === "runs" ? "bg-hover text-text" : "text-muted",
          )}
        >
          Runs
        </Link>
      </nav>
      <div className="ml-auto flex min-w-0 items-center gap-2">
        {children}
        <ThemeSwitch />
      </div>
    </header>
  );
}
