import type { NewRunEvent, RunEvent } from "@/lib/run/events";
import type { EncodedEvents } from "./encoded-events";

/** What the list page needs of a run without folding its log: rewritten in the transaction that changes it. */
export interface RunProjection {
  status: string;
  /** JSON of the list row. */
  summary: string;
  /** The selected variation, from 0. */
  winner?: number;
}

/** Compare-and-set of how far an attempt's output has been logged: lines `from + 1 … to` are in this append. */
export interface LineCursor {
  variation: number;
  attempt: number;
  from: number;
  to: number;
}

export interface AppendRequest {
  events: readonly NewRunEvent[];
  /** Appended only while the log still ends here: whoever decided on an older state must decide again. */
  ifSeq: number;
  cursor?: LineCursor;
  projection?: RunProjection;
}

export type AppendResult =
  | { ok: true; events: RunEvent[] }
  /** Nothing was written: the log ends elsewhere, or the lines are already in it. */
  | { ok: false; reason: "stale_seq" | "stale_cursor" };

export interface NewRun {
  runId: string;
  projectId: string;
  createdAt: number;
  events: readonly NewRunEvent[];
  projection: RunProjection;
  /** What a search looks through. */
  searchText?: string;
  /** Same key, same body: the run that already exists is answered. */
  idempotency?: { key: string; bodyHash: string };
}

/** The log of facts per run: dense `seq` from 1, append only. Every adapter passes `event-log.contract.ts`. */
export interface EventLog {
  /** The run, its first events and its idempotency key in one transaction. */
  create(run: NewRun): Promise<RunEvent[]>;
  append(runId: string, request: AppendRequest): Promise<AppendResult>;
  /** Events with `seq > after`, oldest first, at most about `limit` (whole batches are not split across reads); fewer when they are large. */
  read(runId: string, after: number, limit: number): Promise<RunEvent[]>;
  /** The same as text, for whoever only passes them on; undefined when there are none. */
  readEncoded(runId: string, after: number, limit: number): Promise<EncodedEvents | undefined>;
  /** Highest `seq`, or undefined for a run that does not exist. */
  lastSeq(runId: string): Promise<number | undefined>;
}
