/** Where a key leads from a cell of a grid; undefined where it leads nowhere. */
export function nextCell(
  [row, column]: readonly [number, number],
  key: string,
  { rows, columns, ctrl }: { rows: number; columns: number; ctrl: boolean },
): readonly [number, number] | undefined {
  const last = columns - 1;
  const wanted: Record<string, readonly [number, number]> = ctrl
    ? { Home: [0, 0], End: [rows - 1, last] }
    : {
        ArrowLeft: [row, column - 1],
        ArrowRight: [row, column + 1],
        ArrowUp: [row - 1, column],
        ArrowDown: [row + 1, column],
        Home: [row, 0],
        End: [row, last],
      };
  const next = wanted[key];
  if (next === undefined) return undefined;
  const [toRow, toColumn] = next;
  const inside = toRow >= 0 && toRow < rows && toColumn >= 0 && toColumn < columns;
  return inside && (toRow !== row || toColumn !== column) ? next : undefined;
}
