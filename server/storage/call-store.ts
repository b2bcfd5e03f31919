import type { TokenCounts } from "@/lib/pricing/prices";
import type { CallAudit, CallOutcome, CallRecord } from "../gateway/call-audit";

/** A line of the audit. */
export interface CallRow extends CallRecord {
  /** `open`: under way, or its server was killed. */
  outcome: CallOutcome | "open";
  /** 0: no answer. */
  status: number;
  counts: TokenCounts & { cacheWrite1hTokens: number };
  /** Null: no price is known. */
  dollars: number | null;
  firstByteMs: number | null;
  totalMs: number | null;
  requestId: string | null;
  error: string | null;
  requestBody: string | null;
  responseBody: string | null;
}

/** The audit of calls to models, kept. */
export interface CallStore extends CallAudit {
  /** Oldest first; `after` is the id of the last one seen. */
  list(runId: string, page: { limit: number; after?: string }): Promise<CallRow[]>;
  /** Streams that had begun and have no end. */
  open(): Promise<CallRow[]>;
  /** Dollars of all calls that began in this month (`YYYY-MM`, UTC). */
  spentInMonth(projectId: string, month: string): Promise<number>;
}
