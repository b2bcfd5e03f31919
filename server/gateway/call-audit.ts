import type { TokenCounts } from "@/lib/pricing/prices";

/** One call to a model: whose, and which model it went to. Ids sort by time. */
export interface CallRecord {
  id: string;
  runId: string;
  projectId: string;
  variation: number;
  attempt: number;
  /** What the attempt may use. */
  requestedModel: string;
  /** What was asked: the same, or one of the fallbacks. */
  model: string;
  /** ms since the epoch. */
  startedAt: number;
}

/**
 * `answered`: whole. `cut`: it broke off, what arrived was charged. `refused`: the gateway sent nothing (budget). `failed`: an error
 * status or no answer. `lost`: the server died in the middle.
 */
export const callOutcomes = ["answered", "cut", "refused", "failed", "lost"] as const;
export type CallOutcome = (typeof callOutcomes)[number];

export interface CallEnd {
  outcome: CallOutcome;
  /** Of a `cut` one: the provider broke off, sent an error or fell silent. For the metrics; the audit does not keep it. */
  providerBroke?: boolean;
  /** HTTP status of the answer; 0 where there was none. */
  status: number;
  counts?: TokenCounts;
  /** Null: no price is known. */
  dollars: number | null;
  firstByteMs?: number;
  totalMs: number;
  /** The provider's id of the call. */
  requestId?: string;
  /** Type and message of the error. */
  error?: string;
  requestBody?: string;
  responseBody?: string;
}

/** Where every call is noted. A stream is noted when it has said what its prompt was, so that a killed server still knows what to charge. */
export interface CallAudit {
  begin(call: CallRecord, counts: TokenCounts, dollars: number | null): Promise<void>;
  end(call: CallRecord, end: CallEnd): Promise<void>;
}
