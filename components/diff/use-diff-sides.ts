"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";
import { type DiffLine, type DiffLink, parseDiffLink, writeDiffLink } from "@/lib/diff/diff-link";
import { type DiffSide } from "@/lib/diff/diff-side";
import type { RunState } from "@/lib/run/state";

/** What the diff compares and which file and line it shows, kept in the address so that it can be reloaded and shared. */
export interface DiffPlace {
  left: DiffSide;
  right: DiffSide;
  file: string | undefined;
  line: DiffLine | undefined;
  /** Another file or side leaves the line behind. */
  change(next: DiffLink): void;
}

/** See `DiffPlace`. Without an address: the base against the first variation that has a tree. */
export function useDiffSides(run: RunState): DiffPlace {
  const search = useSearchParams();
  const path = usePathname();
  const change = useCallback(
    (next: DiffLink): void => {
      const query = new URLSearchParams(window.location.search);
      writeDiffLink(query, "line" in next ? next : { ...next, line: undefined });
      window.history.replaceState(null, "", `${path}?${query}`);
    },
    [path],
  );
  const link = parseDiffLink(search, run.variations.length);
  const firstWithTree = run.variations.findIndex(({ snapshot }) => snapshot !== undefined);
  const { winner = Math.max(0, firstWithTree), composition } = run.selection ?? {};
  const right = link.right ?? (composition === undefined ? { variation: winner } : { composition });
  return { left: link.left ?? "base", right, file: link.file, line: link.line, change };
}
