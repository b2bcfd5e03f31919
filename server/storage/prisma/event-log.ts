import type { NewRunEvent, RunEvent } from "@/lib/run/events";
import { decodeEvents, type EncodedEvents, encodeStored } from "../encoded-events";
import type { AppendRequest, AppendResult, EventLog } from "../event-log";
import type { Database } from "./database";
import { guardStorage } from "./guard-storage";
import { storedSearchText } from "./search-text";

/** Characters that one read answers with, but for a last row that goes beyond: memory is bounded whatever agents print. */
const READ_CHARACTERS = 1_000_000;

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
            ...run.projection,
            searchText: storedSearchText(run.searchText ?? ""),
            batches: { create: { firstSeq: 1, lastSeq: events.length, payload: encode(run.events) } },
          },
        });
        if (run.idempotency !== undefined) await transaction.idempotencyKey.create({ data: { ...run.idempotency, runId: run.runId } });
      });
      return events;
    },
    append: (runId, request) => append(database, runId, request),
    async read(runId, after, limit) {
      const encoded = await read(database, runId, after, limit);
      return encoded === undefined ? [] : decodeEvents(encoded);
    },
    readEncoded: (runId, after, limit) => read(database, runId, after, limit),
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

interface JoinedRows {
  first: number | bigint | null;
  lines: string | null;
}

/**
 * The database joins the rows: a long log is many small ones, and each would cost more to hand over than to read. It starts at the row that
 * holds `after + 1`, found by the key, so that a part of a log costs the same wherever it lies.
 */
async function read(database: Database, runId: string, after: number, limit: number): Promise<EncodedEvents | undefined> {
  const [row] = await database.$queryRaw<JoinedRows[]>`
    SELECT min("firstSeq") AS "first", group_concat("payload", char(10) ORDER BY "firstSeq") AS "lines" FROM (
      SELECT "firstSeq", "payload", sum(length("payload")) OVER (ORDER BY "firstSeq") - length("payload") AS "before"
      FROM "EventBatch" WHERE "runId" = ${runId} AND "firstSeq" <= ${after + limit} AND "firstSeq" >= (
        SELECT coalesce(max("firstSeq"), 1) FROM "EventBatch" WHERE "runId" = ${runId} AND "firstSeq" <= ${after + 1}
      )
    ) WHERE "before" < ${READ_CHARACTERS}`;
  if (row?.first == null || row.lines === null) return undefined;
  return encodeStored(runId, Number(row.first), row.lines.split("\n"), after);
}

function numbered(runId: string, after: number, events: readonly NewRunEvent[]): RunEvent[] {
  return events.map((event, index) => ({ runId, seq: after + 1 + index, ...event }));
}

function encode(events: readonly NewRunEvent[]): string {
  return events.map((event) => JSON.stringify(event)).join("\n");
}
