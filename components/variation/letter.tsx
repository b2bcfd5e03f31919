import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import { variationLetter } from "@/lib/run/select";

/** The identity of a variation: its letter in its colour, never colour alone. */
export function Letter({ variation, className }: { variation: number; className?: string }): ReactElement {
  const letter = variationLetter(variation);
  return (
    <span data-v={letter} className={cx("letter", className)}>
      {letter}
    </span>
  );
}
