import type { TranscriptItem } from "@/lib/run/state";

/** Where a transcript ended when a person left its end. */
export interface Left {
  count: number;
  last: TranscriptItem | undefined;
}

/** How many items have come, or gone on, since then. */
export function countNew(left: Left, items: readonly TranscriptItem[]): number {
  const grown = left.last !== undefined && items[left.count - 1] !== left.last ? 1 : 0;
  return Math.max(0, items.length - left.count) + grown;
}
