"use client";

import { Search } from "lucide-react";
import type { ReactElement } from "react";
import { Key } from "@/components/ui/key";
import { useIsApple } from "@/components/ui/use-is-apple";
import { useOverlays } from "./registry";

/** Opens the palette, and says which keys do so. */
export function PaletteButton(): ReactElement {
  const show = useOverlays(({ show }) => show);
  const isApple = useIsApple();
  return (
    <button
      type="button"
      aria-label="Search or jump to"
      aria-keyshortcuts="Meta+K Control+K"
      aria-haspopup="dialog"
      onClick={() => show("palette")}
      className="flex h-7 w-[min(240px,24vw)] items-center gap-2 rounded-md border border-line bg-bg px-2.5 text-meta text-muted hover:border-line-strong hover:text-text max-[700px]:w-auto max-[700px]:border-transparent max-[700px]:bg-transparent max-[700px]:px-1.5"
    >
      <Search aria-hidden="true" className="size-4 min-[701px]:hidden" />
      <span className="min-w-0 flex-1 truncate text-left max-[700px]:hidden">Search or jump to…</span>
      <Key className="min-w-9 text-center max-[700px]:hidden">{isApple ? "⌘K" : "Ctrl K"}</Key>
    </button>
  );
}
