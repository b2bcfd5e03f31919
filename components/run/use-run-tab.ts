"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";
import { parseSide } from "@/lib/diff/diff-side";
import { MAX_VARIATIONS } from "@/lib/run/bounds";
import { variationLetter } from "@/lib/run/select";

const tabs = ["live", "diff", "checks"] as const;
export type RunTab = (typeof tabs)[number];

/** The tab and the variation on the diff's right side, kept in the address: `?tab=diff&right=a`. */
export function useRunTab(): { tab: RunTab; rightSide: number | undefined; show: (tab: RunTab, variation?: number) => void } {
  const search = useSearchParams();
  const path = usePathname();
  const side = parseSide(search.get("right"), MAX_VARIATIONS);
  const tab: RunTab = tabs.find((one) => one === search.get("tab")) ?? "live";
  const show = useCallback(
    (next: RunTab, variation?: number): void => {
      // The address as it is now: the diff keeps its sides there too.
      const query = new URLSearchParams(window.location.search);
      if (next === "live") query.delete("tab");
      else query.set("tab", next);
      if (variation !== undefined) query.set("right", variationLetter(variation).toLowerCase());
      const text = query.toString();
      window.history.replaceState(null, "", text === "" ? path : `${path}?${text}`);
    },
    [path],
  );
  return { tab, rightSide: side === undefined || side === "base" ? undefined : side.variation, show };
}
