import { JUDGE_VARIATION } from "./gateway/gateway";
import type { RunWriter } from "./runs/run-writer";
import type { CallRow, CallStore } from "./storage/call-store";
import type { EventLog } from "./storage/event-log";

const READ_CHUNK = 5_000;

/**
 * At start, before any call is served: charges the streams that were under way when the server died with what they had said until then.
 * One whose charge is in the log already (killed between log and audit) is only closed. Resolves to how many there were.
 */
export async function settleLostCalls(parts: { calls: CallStore; log: EventLog; writer: RunWriter }): Promise<number> {
  const open = await parts.calls.open();
  for (const call of open) await settle(parts, call);
  return open.length;
}

async function settle({ calls, log, writer }: { calls: CallStore; log: EventLog; writer: RunWriter }, call: CallRow): Promise<void> {
  const { id, runId, variation, attempt, requestedModel, model, startedAt, projectId, status } = call;
  const record = { id, runId, projectId, variation, attempt, requestedModel, model, startedAt };
  const charged = await chargeOf(log, call);
  if (charged === undefined) {
    const requested = requestedModel === model ? undefined : requestedModel;
    const used = { model, requested, call: id, ...call.counts, dollars: call.dollars };
    if (variation === JUDGE_VARIATION) {
      // One review at a time: it is the last one.
      const review = (await writer.state(runId))?.reviews.at(-1)?.id;
      if (review !== undefined) await writer.record(runId, [{ at: Date.now(), event: { type: "judge.charged", id: review, ...used } }]);
    } else await writer.record(runId, [{ at: Date.now(), variation, attempt, event: { type: "usage.recorded", ...used } }]);
  }
  const { counts, dollars } = charged ?? call;
  await calls.end(record, { outcome: "lost", status, counts, dollars, totalMs: 0, error: "the server died in the middle of the answer" });
}

/** What the log says of this call; undefined when it says nothing. */
async function chargeOf(log: EventLog, { id, runId }: CallRow): Promise<Pick<CallRow, "counts" | "dollars"> | undefined> {
  for (let after = 0; ; ) {
    const events = await log.read(runId, after, READ_CHUNK);
    for (const { event } of events) {
      if ((event.type !== "usage.recorded" && event.type !== "judge.charged") || event.call !== id) continue;
      const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens = 0, dollars } = event;
      return { counts: { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens }, dollars };
    }
    const last = events.at(-1);
    if (last === undefined) return undefined;
    after = last.seq;
  }
}
