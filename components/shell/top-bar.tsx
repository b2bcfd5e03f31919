import Link from "next/link";
import type { ReactElement, ReactNode } from "react";
import { cx } from "@/components/ui/cx";
import { ThemeSwitch } from "./theme-switch";

export type CurrentPage = "runs" | "server";

/** The bar above every page. `children` stands on the right: the connection of a live page. */
export function TopBar({ current, children }: { current?: CurrentPage; children?: ReactNode }): ReactElement {
  return (
    <header className="sticky top-0 z-10 flex h-(--bar) shrink-0 items-center gap-4 border-line border-b bg-panel px-4">
      <Link href="/" className="rounded font-semibold text-body tracking-tight">
        AIdeator
      </Link>
      <nav aria-label="Main" className="flex items-center gap-1">
        <NavLink href="/" current={current === "runs"}>
          Runs
        </NavLink>
        <NavLink href="/server" current={current === "server"}>
          Server
        </NavLink>
      </nav>
      <div className="ml-auto flex min-w-0 items-center gap-2">
        {children}
        <ThemeSwitch />
      </div>
    </header>
  );
}

function NavLink({ href, current, children }: { href: string; current: boolean; children: string }): ReactElement {
  return (
    <Link
      href={href}
      aria-current={current ? "page" : undefined}
      className={cx(
        "inline-flex h-[26px] items-center rounded-md px-2.5 text-body hover:bg-hover hover:text-text",
        current ? "bg-hover text-text" : "text-muted",
      )}
    >
      {children}
    </Link>
  );
}
