"use client";

import { RadioGroup } from "radix-ui";
import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import type { RunState } from "@/lib/run/state";
import { type DiffSide, sideCommit, sideLabel } from "./use-diff-sides";

/** What stands on one side: base or a variation. Arrow keys move, as in any group of radio buttons. */
export function SidePicker(props: { label: string; run: RunState; value: DiffSide; onChange: (side: DiffSide) => void }): ReactElement {
  const { label, run, value, onChange } = props;
  const sides: DiffSide[] = ["base", ...run.variations.map(({ index }) => index)];
  return (
    <RadioGroup.Root
      aria-label={label}
      orientation="horizontal"
      value={sideLabel(value)}
      onValueChange={(next) => onChange(sides.find((side) => sideLabel(side) === next) ?? "base")}
      className="inline-flex overflow-hidden rounded-md border border-line-strong"
    >
      {sides.map((side) => (
        <RadioGroup.Item
          key={sideLabel(side)}
          value={sideLabel(side)}
          disabled={sideCommit(run, side) === undefined}
          data-v={side === "base" ? undefined : sideLabel(side)}
          title={sideCommit(run, side) === undefined ? `${sideLabel(side)} has no changes yet` : undefined}
          className={cx(
            "h-[22px] min-w-6 border-line-strong border-r px-1.5 font-mono text-[11.5px] last:border-r-0 hover:bg-hover focus-visible:-outline-offset-2 disabled:cursor-not-allowed disabled:opacity-40",
            side === "base"
              ? "data-[state=checked]:bg-primary data-[state=checked]:text-on-primary"
              : "font-semibold text-v data-[state=checked]:bg-v data-[state=checked]:text-bg",
          )}
        >
          {sideLabel(side)}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
