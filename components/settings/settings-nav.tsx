"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";

const sections = [
  { href: "/settings/appearance", name: "Appearance" },
  { href: "/settings/provider", name: "Provider key" },
  { href: "/settings/prices", name: "Models and prices" },
  { href: "/settings/agents", name: "Agents" },
  { href: "/settings/limits", name: "Limits" },
  { href: "/settings/retention", name: "Retention" },
  { href: "/server", name: "Sandbox and disk" },
] as const;

/** The sections of the settings, each at an address of its own. */
export function SettingsNav(): ReactElement {
  const path = usePathname();
  return (
    <nav aria-label="Settings" className="min-w-0 max-[800px]:-mx-4 max-[800px]:overflow-x-auto max-[800px]:px-4 max-[800px]:pb-1">
      <ul className="grid gap-0.5 max-[800px]:flex">
        {sections.map(({ href, name }) => (
          <li key={href} className="shrink-0">
            <Link
              href={href}
              aria-current={path === href ? "page" : undefined}
              className={cx(
                "flex h-8 items-center rounded-md px-2.5 text-body hover:bg-hover hover:text-text",
                path === href ? "bg-hover text-text" : "text-muted",
              )}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
