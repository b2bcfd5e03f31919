import type { CallEnd, CallRecord } from "../../gateway/call-audit";
import type { CallRow, CallStore } from "../call-store";
import type { Database } from "./database";
import type { ModelCall } from "./generated/client";
import { guardStorage } from "./guard-storage";

/** The audit in SQLite. */
export function createPrismaCallStore(database: Database): CallStore {
  return guardStorage<CallStore>({
    async begin(call, counts, dollars) {
      await database.modelCall.create({ data: { ...recordOf(call), ...counts, dollars, outcome: "open", status: 200 } });
    },
    async end(call, end) {
      const data = endOf(end);
      // Not an upsert, which is three statements: most calls that end have begun.
      const { count } = await database.modelCall.updateMany({ where: { id: call.id }, data });
      if (count === 0) await database.modelCall.create({ data: { ...recordOf(call), ...data } });
    },
    async list(runId, { limit, after }) {
      const where = after === undefined ? { runId } : { runId, id: { gt: after } };
      return (await database.modelCall.findMany({ where, orderBy: { id: "asc" }, take: limit })).map(toRow);
    },
    async open() {
      return (await database.modelCall.findMany({ where: { outcome: "open" }, orderBy: { id: "asc" } })).map(toRow);
    },
    async spentInMonth(projectId, month) {
      const [year = 0, index = 1] = month.split("-").map(Number);
      const startedAt = { gte: new Date(Date.UTC(year, index - 1)), lt: new Date(Date.UTC(year, index)) };
      const { _sum } = await database.modelCall.aggregate({ where: { projectId, startedAt }, _sum: { dollars: true } });
      return _sum.dollars ?? 0;
    },
  });
}

function recordOf({ startedAt, ...record }: CallRecord) {
  return { ...record, startedAt: new Date(startedAt) };
}

function endOf({ counts, firstByteMs, totalMs, providerBroke: _, ...end }: CallEnd) {
  return { ...end, ...counts, firstByteMs: firstByteMs === undefined ? undefined : Math.round(firstByteMs), totalMs: Math.round(totalMs) };
}

function toRow(row: ModelCall): CallRow {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens, startedAt, outcome, ...rest } = row;
  const counts = { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens };
  // Only this file writes the column.
  return { ...rest, outcome: outcome as CallRow["outcome"], startedAt: startedAt.getTime(), counts };
}
