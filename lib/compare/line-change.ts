/** Lines `aStart` to `aEnd` of one list (0-based, the end left out) became lines `bStart` to `bEnd` of the other. */
export interface LineChange {
  aStart: number;
  aEnd: number;
  bStart: number;
  bEnd: number;
}
