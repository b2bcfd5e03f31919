import type { LineChange } from "./line-change";

/**
 * The shortest edit between two ranges, or undefined where it has more than `limit` added and removed lines. E. W. Myers, "An O(ND) Difference
 * Algorithm and Its Variations" (1986), the greedy form: after round d, `reach[k]` is how far `a` is consumed on diagonal k = x - y.
 */
export function shortestEdit(a: Int32Array, b: Int32Array, range: LineChange, limit: number): LineChange[] | undefined {
  const { aStart, bStart } = range;
  const [aSize, bSize] = [range.aEnd - aStart, range.bEnd - bStart];
  if (Math.abs(aSize - bSize) > limit) return undefined;
  const rounds = Math.min(aSize + bSize, limit);
  const middle = rounds + 1;
  const reach = new Int32Array(2 * middle + 1);
  const history: Int32Array[] = [];
  for (let d = 0; d <= rounds; d += 1) {
    for (let k = -d; k <= d; k += 2) {
      let x = stepsDown(k, d, reach, middle) ? at(reach, middle + k + 1) : at(reach, middle + k - 1) + 1;
      let y = x - k;
      while (x < aSize && y < bSize && a[aStart + x] === b[bStart + y]) {
        x += 1;
        y += 1;
      }
      reach[middle + k] = x;
      if (x >= aSize && y >= bSize) return traceBack(history, aSize, bSize, aStart, bStart);
    }
    history.push(reach.slice(middle - d, middle + d + 1));
  }
  return undefined;
}

/** Whether diagonal `k` is entered by an added line (from k + 1) rather than by a removed one (from k - 1). */
function stepsDown(k: number, d: number, reach: Int32Array, middle: number): boolean {
  return k === -d || (k !== d && at(reach, middle + k - 1) < at(reach, middle + k + 1));
}

/** From the end to the start; `history[d]` holds the diagonals -d to d after round d. */
function traceBack(history: readonly Int32Array[], aSize: number, bSize: number, aStart: number, bStart: number): LineChange[] {
  const changes: LineChange[] = [];
  let [x, y] = [aSize, bSize];
  for (let d = history.length; d > 0; d -= 1) {
    const before = history[d - 1] ?? new Int32Array();
    const [k, middle] = [x - y, d - 1];
    const down = stepsDown(k, d, before, middle);
    const fromX = at(before, middle + (down ? k + 1 : k - 1));
    const fromY = fromX - (down ? k + 1 : k - 1);
    const [toX, toY] = down ? [fromX, fromY + 1] : [fromX + 1, fromY];
    const next = changes.at(-1);
    if (next !== undefined && next.aStart === aStart + toX && next.bStart === bStart + toY) {
      next.aStart = aStart + fromX;
      next.bStart = bStart + fromY;
    } else changes.push({ aStart: aStart + fromX, aEnd: aStart + toX, bStart: bStart + fromY, bEnd: bStart + toY });
    [x, y] = [fromX, fromY];
  }
  return changes.reverse();
}

function at(list: Int32Array, index: number): number {
  return list[index] ?? 0;
}
