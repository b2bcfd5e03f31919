"use client";

import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import { Letter } from "@/components/variation/letter";
import { variationLetter } from "@/lib/run/select";
import type { VariationState } from "@/lib/run/state";
import { StateBadge } from "./state-badge";

/** Where one pane is seen at a time (on a phone, or maximised): where it stands among the others, and the way to them. */
export function PaneTabs({
  variations,
  focused,
  always,
  onGo,
}: {
  variations: readonly VariationState[];
  focused: number;
  /** False: on a phone only. */
  always: boolean;
  onGo: (variation: number) => void;
}): ReactElement {
  return (
    <nav aria-label="Variations" className={cx("flex shrink-0 overflow-x-auto border-line border-b", !always && "min-[701px]:hidden")}>
      {variations.map((variation) => {
        const letter = variationLetter(variation.index);
        return (
          <button
            key={variation.index}
            type="button"
            data-v={letter}
            aria-current={variation.index === focused ? "true" : undefined}
            onClick={() => onGo(variation.index)}
            className={cx(
              "flex h-10 min-[701px]:h-8 flex-1 items-center justify-center gap-1.5 px-2 focus-visible:-outline-offset-2",
              variation.index === focused ? "bg-raised shadow-[inset_0_-2px_var(--v)]" : "bg-bg hover:bg-raised",
            )}
          >
            <Letter variation={variation.index} />
            <StateBadge variation={variation} quiet={variations.length > 3} />
          </button>
        );
      })}
    </nav>
  );
}
