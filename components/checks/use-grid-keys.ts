"use client";

import { type FocusEvent, type KeyboardEvent, useState } from "react";
import { nextCell } from "./next-cell";

/** The keys of a grid: one of its cells is in the order of the Tab key, the arrows go on from there. */
export interface GridKeys {
  /** For the element of the cell that takes the focus. */
  cell: (row: number, column: number) => { "data-cell": string; tabIndex: 0 | -1 };
  /** Both for the table. */
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  onFocus: (event: FocusEvent) => void;
}

/** See `GridKeys`: arrows, Home and End in a row, with Ctrl in the grid, as WAI-ARIA has it. Cells are where `cell` was spread. */
export function useGridKeys(rows: number, columns: number): GridKeys {
  const [[row, column], setActive] = useState<readonly [number, number]>([0, 0]);
  const active = [Math.min(row, rows - 1), Math.min(column, columns - 1)] as const;

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    const at = placeOf(event.target);
    if (at === undefined || event.altKey || event.metaKey) return;
    const next = nextCell(at, event.key, { rows, columns, ctrl: event.ctrlKey });
    if (next === undefined) return;
    event.preventDefault();
    const element = event.currentTarget.querySelector<HTMLElement>(`[data-cell="${next.join(":")}"]`);
    element?.focus();
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  return {
    cell: (atRow, atColumn) => ({
      "data-cell": `${atRow}:${atColumn}`,
      tabIndex: atRow === active[0] && atColumn === active[1] ? 0 : -1,
    }),
    onKeyDown,
    onFocus(event) {
      const at = placeOf(event.target);
      if (at !== undefined) setActive(at);
    },
  };
}

/** Of the cell itself only: what is in a details row has keys of its own. */
function placeOf(target: EventTarget): readonly [number, number] | undefined {
  const text = target instanceof HTMLElement ? target.dataset.cell : undefined;
  const [row, column] = text?.split(":").map(Number) ?? [];
  return row === undefined || column === undefined ? undefined : [row, column];
}
