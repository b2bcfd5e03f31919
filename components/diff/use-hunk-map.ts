"use client";

import { useState } from "react";
import { useStored } from "@/lib/client/stored-value";
import { type DiffLine, type DiffLink, sameSide } from "@/lib/diff/diff-link";
import type { DiffSide } from "@/lib/diff/diff-side";
import type { TreeFile } from "@/lib/diff/file-tree";
import { lineOfPlace } from "@/lib/diff/hunks";
import type { MapRow } from "@/lib/protocol/map";
import type { RunState } from "@/lib/run/state";
import { useWide } from "./use-media";
import { viewSettings } from "./view-settings";

interface HunkMapInput {
  run: RunState;
  left: DiffSide;
  right: DiffSide;
  file: TreeFile | undefined;
  line: DiffLine | undefined;
  /** What is shown is what the sides say, no longer what was there before. */
  isSettled: boolean;
  change: (next: DiffLink) => void;
}

/** The hunk map beside the diff, or over it where there is no room, and what is gone to from it. */
export interface HunkMapControl {
  isOpen: boolean;
  toggle: () => void;
  close: () => void;
  /** Counts the places that were gone to and that the diff shows by now. */
  jump: number;
  go: (variation: number, row: MapRow) => void;
  compare: (left: number, right: number, row: MapRow) => void;
}

interface Goal {
  number: number;
  left: DiffSide;
  right: DiffSide;
  line: DiffLine | undefined;
}

/** See `HunkMapControl`. */
export function useHunkMap({ run, left, right, file, line, isSettled, change }: HunkMapInput): HunkMapControl {
  const wide = useWide();
  const kept = useStored(viewSettings).hunks;
  const [over, setOver] = useState(false);
  const [goal, setGoal] = useState<Goal>();
  const [jump, setJump] = useState(0);
  const isOpen = run.variations.length > 1 && (wide ? kept : over);
  // The address follows a moment later: only then it is time to go there.
  if (goal !== undefined && goal.number !== jump && isSettled && isThere(goal, { left, right, line })) setJump(goal.number);

  const show = (open: boolean): void => {
    if (wide) viewSettings.set({ ...viewSettings.get(), hunks: open });
    else setOver(open);
  };
  const close = (): void => {
    show(false);
    document.querySelector<HTMLElement>("[data-hunks-button]")?.focus();
  };
  const toggle = (): void => {
    if (run.variations.length < 2) return;
    if (isOpen) return close();
    show(true);
    focusGrid();
  };
  const goTo = (to: Omit<Goal, "number">): void => {
    setGoal({ ...to, number: jump + 1 });
    change({ ...to, file: file?.origin ?? file?.path });
    if (!wide) setOver(false);
  };
  return {
    isOpen,
    toggle,
    close,
    jump,
    go(variation, row) {
      // Who is done without any change has no tree to show.
      if (run.variations[variation]?.snapshot === undefined) return;
      goTo({ left: "base", right: { variation }, line: lineIn(row, variation) });
    },
    compare: (one, other, row) => goTo({ left: { variation: one }, right: { variation: other }, line: lineIn(row, other) }),
  };
}

function isThere(goal: Goal, { left, right, line }: Omit<Goal, "number">): boolean {
  const sameLine = goal.line?.side === line?.side && goal.line?.number === line?.number;
  return sameSide(goal.left, left) && sameSide(goal.right, right) && sameLine;
}

function lineIn(row: MapRow, variation: number): DiffLine | undefined {
  const number = lineOfPlace(row.places[variation]);
  return number === undefined ? undefined : { side: "right", number };
}

/** What it shows is asked for when it is opened: its grid comes a moment later. */
function focusGrid(tries = 20): void {
  const cell = document.querySelector<HTMLElement>('[data-hunk-grid] [data-cell][tabindex="0"]');
  if (cell !== null) cell.focus();
  else if (tries > 0) setTimeout(() => focusGrid(tries - 1), 50);
}
