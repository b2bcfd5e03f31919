"use client";

import { type ReactElement, useMemo } from "react";
import type { RunState } from "@/lib/run/state";
import { type GateTick, gateTicks, tickWords } from "./gate-ticks";

const signs: Record<GateTick["state"], string> = { passed: "✓", failed: "✕", same: "=", open: "…", unknown: "·" };
const colours: Record<GateTick["state"], string> = {
  passed: "text-ok",
  failed: "text-bad",
  same: "text-muted",
  open: "text-v animate-pulse-dot",
  unknown: "text-faint",
};

/** The ticks of every variation; the same arrays until a check or a tree changes, so that panes are not drawn anew. */
export function useGateTicks({ checks, variations }: RunState): readonly (readonly GateTick[])[] {
  const trees = variations.map(({ snapshot }) => snapshot?.tree ?? "").join(" ");
  // eslint-disable-next-line react-hooks/exhaustive-deps -- of the variations only their trees matter
  return useMemo(() => gateTicks({ checks, variations }), [checks, trees]);
}

/** A variation's gates at a glance: one small mark per kind of check. Nothing while no check is known. */
export function ScoreGates({ letter, ticks }: { letter: string; ticks: readonly GateTick[] }): ReactElement | null {
  if (ticks.length === 0) return null;
  const words = tickWords(ticks);
  return (
    <span
      role="img"
      aria-label={`Checks of ${letter}: ${words}`}
      title={words}
      className="inline-flex shrink-0 gap-[3px] @max-[260px]:gap-0"
    >
      {ticks.map(({ kind, state }) => (
        <span
          key={kind}
          aria-hidden="true"
          className="grid h-[15px] w-[15px] place-items-center rounded-[3px] bg-hover font-semibold text-[10px] leading-none @max-[260px]:w-[10px] @max-[260px]:bg-transparent"
        >
          <span className={colours[state]}>{signs[state]}</span>
        </span>
      ))}
    </span>
  );
}
