import type { NewRunEvent, RunEvent } from "@/lib/run/events";
import type { AppendRequest, AppendResult, EventLog } from "../event-log";
import type { Database } from "./database";
import { guardStorage } from "./guard-storage";

/** Rows read at once; a row holds one batch. */
const ROWS_PER_READ = 256;

/** The event log in SQLite: a row holds a batch as JSON lines, `seq` is its place (docs/decisions/002). */
export function createPrismaEventLog(database: Database): EventLog {
  return guardStorage<EventLog>({
    async create(run) {
      const events = numbered(run.runId, 0, run.events);
      await database.$transaction(async (transaction) => {
        await transaction.run.create({
          data: {
            id: run.runId,
            projectId: run.projectId,
            createdAt: new Date(run.createdAt),
            lastSeq: events.length,
            status: run.projection.status,
            summary: run.projection.summary,
            batches: { create: { firstSeq: 1, lastSeq: events.length, payload: encode(run.events) } },
          },
        });
        if (run.idempotency !== undefined) await transaction.idempotencyKey.create({ data: { ...run.idempotency, runId: run.runId } });
      });
      return events;
    },
    append: (runId, request) => append(database, runId, request),
    read: (runId, after, limit) => read(database, runId, after, limit),
    async lastSeq(runId) {
      const run = await database.run.findUnique({ where: { id: runId }, select: { lastSeq: true } });
      return run?.lastSeq;
    },
  });
}

/** Thrown to roll the transaction back; never leaves this file. */
class StaleCursor extends Error {}

async function append(database: Database, runId: string, request: AppendRequest): Promise<AppendResult> {
  const { events, ifSeq, cursor, projection } = request;
  if (events.length === 0 && cursor === undefined) return { ok: true, events: [] };
  try {
    return await database.$transaction(async (transaction): Promise<AppendResult> => {
      // The run's row first: its lock makes the order of commits the order of `seq`.
      const { count } = await transaction.run.updateMany({
        where: { id: runId, lastSeq: ifSeq },
        data: { lastSeq: { increment: events.length }, ...projection },
      });
      if (count === 0) return { ok: false, reason: "stale_seq" };
      if (cursor !== undefined) {
        const { variation, attempt, from, to } = cursor;
        const moved = await transaction.attempt.updateMany({ where: { runId, variation, attempt, line: from }, data: { line: to } });
        if (moved.count === 0) throw new StaleCursor();
      }
      if (events.length > 0) {
        const firstSeq = ifSeq + 1;
        await transaction.eventBatch.create({ data: { runId, firstSeq, lastSeq: ifSeq + events.length, payload: encode(events) } });
      }
      return { ok: true, events: numbered(runId, ifSeq, events) };
    });
  } catch (error) {
    if (error instanceof StaleCursor) return { ok: false, reason: "stale_cursor" };
    throw error;
  }
}

async function read(database: Database, runId: string, after: number, limit: number): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  let position = after;
  while (events.length < limit) {
    const rows = await database.eventBatch.findMany({
      where: { runId, lastSeq: { gt: position } },
      orderBy: { firstSeq: "asc" },
      take: ROWS_PER_READ,
    });
    for (const row of rows) {
      for (const event of decode(runId, row.firstSeq, row.payload)) if (event.seq > position) events.push(event);
      position = row.lastSeq;
      if (events.length >= limit) break;
    }
    if (rows.length < ROWS_PER_READ) break;
  }
  return events;
}

function numbered(runId: string, after: number, events: readonly NewRunEvent[]): RunEvent[] {
  return events.map((event, index) => ({ runId, seq: after + 1 + index, ...event }));
}

function encode(events: readonly NewRunEvent[]): string {
  return events.map((event) => JSON.stringify(event)).join("\n");
}

/** Rows were written by `encode`: they are parsed as JSON, not validated again, on the hot path of replay. */
function decode(runId: string, firstSeq: number, payload: string): RunEvent[] {
  return payload.split("\n").map((line, index) => ({ runId, seq: firstSeq + index, ...(JSON.parse(line) as NewRunEvent) }));
}
