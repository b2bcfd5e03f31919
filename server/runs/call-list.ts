import type { CallsResponse } from "@/lib/protocol/spending";
import { AppError } from "../app-error";
import type { CallRow, CallStore } from "../storage/call-store";
import type { RunWriter } from "./run-writer";

/** The audit of a run's calls, page by page. */
export interface CallList {
  list(runId: string, page: { limit: number; cursor?: string }): Promise<CallsResponse>;
}

/** See `CallList`. */
export function createCallList(writer: RunWriter, calls: CallStore): CallList {
  return {
    async list(runId, { limit, cursor }) {
      if ((await writer.state(runId)) === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
      const rows = await calls.list(runId, { limit: limit + 1, after: cursor });
      const page = rows.slice(0, limit);
      return { calls: page.map(describe), next_cursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
  };
}

function describe(row: CallRow): CallsResponse["calls"][number] {
  const { counts } = row;
  return {
    call_id: row.id,
    variation_id: row.variation,
    attempt: row.attempt,
    requested_model: row.requestedModel,
    model: row.model,
    outcome: row.outcome,
    status: row.status,
    input_tokens: counts.inputTokens,
    output_tokens: counts.outputTokens,
    cache_read_tokens: counts.cacheReadTokens,
    cache_write_5m_tokens: counts.cacheWriteTokens - counts.cacheWrite1hTokens,
    cache_write_1h_tokens: counts.cacheWrite1hTokens,
    dollars: row.dollars,
    started_at: new Date(row.startedAt).toISOString(),
    first_byte_ms: row.firstByteMs,
    total_ms: row.totalMs,
    request_id: row.requestId,
    error: row.error,
    request_body: row.requestBody,
    response_body: row.responseBody,
  };
}
