import type { DiskUse } from "./measure-disk";

export const actionKinds = [
  "process_ended",
  "attempt_removed",
  "moved_to_trash",
  "trash_deleted",
  "temporary_removed",
  "lock_removed",
  "pin_removed",
  "socket_removed",
  "resource_removed",
  "environment_removed",
] as const;
export type ActionKind = (typeof actionKinds)[number];

/** Something that was removed, ended or moved, and why nobody needed it where it was. */
export interface ReconcileAction {
  kind: ActionKind;
  /** A path, an attempt's name or a ref. */
  what: string;
  why: string;
  /** Disk space; at least this much where a folder is too large to be counted. */
  bytes?: number;
}

/** Something that belongs to nothing live and stays all the same. */
export interface KeptThing {
  /** Absolute path. */
  what: string;
  why: string;
  /** At least this much where the folder is too large to be counted. */
  bytes: number;
}

/** What one look at everything that lies around found and did. Plain JSON. */
export interface ReconcileReport {
  /** ms since the epoch, when it began. */
  at: number;
  tookMs: number;
  actions: ReconcileAction[];
  kept: KeptThing[];
  /** What could not be looked at or not be done, and what is missing; the next look tries again. */
  errors: { what: string; message: string }[];
  /** Absent when the data folder could not be measured. */
  disk?: DiskUse;
}
