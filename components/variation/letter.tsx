import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import { variationLetter } from "@/lib/run/select";

/** The identity of a variation: its letter in its colour, never colour alone. */
export function Letter({ variation, className }: { variation: number; className?: string }): ReactElement {
  const letter = variationLetter(variation);
  return (
    <span
      data-v={letter}
      className={cx(
        "inline-grid size-[18px] shrink-0 place-items-center rounded bg-[color-mix(in_srgb,var(--v)_16%,transparent)] font-mono font-semibold text-[11px] text-v leading-none",
        className,
      )}
    >
      {letter}
    </span>
  );
}
