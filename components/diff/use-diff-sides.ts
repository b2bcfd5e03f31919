"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";

/** `base`, or the index of a variation. */
export type DiffSide = "base" | number;

/** What the diff compares and which file it shows, kept in the address so that it can be reloaded and shared. */
export function useDiffSides(run: RunState): {
  from: DiffSide;
  to: DiffSide;
  file: string | undefined;
  change(next: { from?: DiffSide; to?: DiffSide; file?: string }): void;
} {
  const search = useSearchParams();
  const path = usePathname();
  const change = useCallback(
    (next: { from?: DiffSide; to?: DiffSide; file?: string }): void => {
      const query = new URLSearchParams(window.location.search);
      if (next.from !== undefined) query.set("from", sideName(next.from));
      if (next.to !== undefined) query.set("to", sideName(next.to));
      if (next.file !== undefined) query.set("file", next.file);
      window.history.replaceState(null, "", `${path}?${query}`);
    },
    [path],
  );
  const firstWithTree = run.variations.findIndex(({ snapshot }) => snapshot !== undefined);
  return {
    from: readSide(search.get("from"), run) ?? "base",
    to: readSide(search.get("to"), run) ?? Math.max(0, firstWithTree),
    file: search.get("file") ?? undefined,
    change,
  };
}

/** `base`, `A`…`E`. */
export function sideLabel(side: DiffSide): string {
  return side === "base" ? "base" : variationLetter(side);
}

/** The commit that a side stands for now; undefined while a variation has none. Its snapshots are immutable, letters are not. */
export function sideCommit(run: RunState, side: DiffSide): string | undefined {
  return side === "base" ? run.base?.commit : run.variations[side]?.snapshot?.commit;
}

function sideName(side: DiffSide): string {
  return sideLabel(side).toLowerCase();
}

function readSide(text: string | null, run: RunState): DiffSide | undefined {
  if (text === "base") return "base";
  if (text === null || !/^[a-e]$/.test(text)) return undefined;
  const index = text.charCodeAt(0) - 97;
  return index < run.variations.length ? index : undefined;
}
