import Link from "next/link";
import type { ReactElement, ReactNode } from "react";
import { PaletteButton } from "@/components/palette/palette-button";
import { cx } from "@/components/ui/cx";
import { ServerConnection } from "./server-connection";
import { SignOut } from "./sign-out";
import { ThemeSwitch } from "./theme-switch";

const pages = [
  { id: "runs", href: "/", name: "Runs" },
  { id: "projects", href: "/projects", name: "Projects" },
  { id: "server", href: "/server", name: "Server" },
  { id: "settings", href: "/settings", name: "Settings" },
] as const;

export type CurrentPage = (typeof pages)[number]["id"];

/** The bar above every page. `children` stands for the connection on a page that has one of its own. */
export function TopBar({ current, children }: { current?: CurrentPage; children?: ReactNode }): ReactElement {
  return (
    <header className="sticky top-0 z-10 flex h-(--bar) shrink-0 items-center gap-4 border-line border-b bg-panel px-4 max-[700px]:gap-2 max-[700px]:px-3 print:hidden">
      <Link href="/" className="rounded font-semibold text-body tracking-tight">
        AIdeator
      </Link>
      <nav aria-label="Main" className="flex min-w-0 items-center gap-0.5 overflow-x-auto [scrollbar-width:none] ">
        {pages.map(({ id, href, name }) => (
          <NavLink key={id} href={href} current={id === current}>
            {name}
          </NavLink>
        ))}
      </nav>
      <div className="ml-auto flex shrink-0 items-center gap-2 max-[700px]:gap-1">
        <PaletteButton />
        {/* As wide as its longest word, so that nothing moves when it changes. */}
        <span className="inline-flex min-[701px]:min-w-[92px]">{children ?? <ServerConnection />}</span>
        <span className="contents max-[480px]:hidden">
          <ThemeSwitch />
          <SignOut />
        </span>
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
        "inline-flex h-[26px] shrink-0 items-center rounded-md px-2.5 text-body hover:bg-hover hover:text-text focus-visible:-outline-offset-2 max-[700px]:px-[7px]",
        current ? "bg-hover text-text" : "text-muted",
      )}
    >
      {children}
    </Link>
  );
}
