import { randomBytes } from "node:crypto";
import type { AttemptRecord, RunFilter, RunIndex, RunRow } from "../run-index";
import type { Database } from "./database";
import { guardStorage } from "./guard-storage";
import { storedSearchText } from "./search-text";

/** Lists and look-ups in SQLite. */
export function createPrismaRunIndex(database: Database): RunIndex {
  return guardStorage<RunIndex>({
    async listRuns({ limit, cursor, ...filter }) {
      const matching = conditions(filter);
      const [total, rows] = await Promise.all([
        database.run.count({ where: { AND: matching } }),
        database.run.findMany({
          where: { AND: cursor === undefined ? matching : [...matching, beforeCursor(cursor)] },
          orderBy: [{ createdAt: "desc" }, { id: "desc" }],
          take: limit + 1,
          select: { id: true, createdAt: true, summary: true },
        }),
      ]);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        total,
        rows: page.map(toRow),
        nextCursor: rows.length > limit && last !== undefined ? `${last.createdAt.getTime()}-${last.id}` : undefined,
      };
    },
    async getRun(runId) {
      const row = await database.run.findUnique({ where: { id: runId }, select: { id: true, createdAt: true, summary: true } });
      return row === null ? undefined : toRow(row);
    },
    async unfinishedRuns() {
      const rows = await database.run.findMany({
        where: { status: { in: ["starting", "running"] } },
        orderBy: { createdAt: "asc" },
        select: { id: true },
      });
      return rows.map(({ id }) => id);
    },
    projectFor(url, name) {
      const id = randomBytes(8).toString("hex");
      return database.project.upsert({ where: { url }, update: { usedAt: new Date() }, create: { id, url, name } });
    },
    async getProject(id) {
      return (await database.project.findUnique({ where: { id } })) ?? undefined;
    },
    recentProjects: (limit) => database.project.findMany({ orderBy: { usedAt: "desc" }, take: limit }),
    async findIdempotent(key) {
      return (await database.idempotencyKey.findUnique({ where: { key } })) ?? undefined;
    },
    async getAttempt(runId, variation, attempt) {
      return toAttempt(await database.attempt.findUnique({ where: { runId_variation_attempt: { runId, variation, attempt } } }));
    },
    async issueToken({ tokenHash, ...attempt }) {
      const { runId, variation, attempt: number } = attempt;
      const where = { runId_variation_attempt: { runId, variation, attempt: number } };
      await database.attempt.upsert({ where, update: { tokenHash }, create: { ...attempt, tokenHash } });
    },
    async saveExecutorRef(runId, variation, attempt, executorRef) {
      await database.attempt.update({ where: { runId_variation_attempt: { runId, variation, attempt } }, data: { executorRef } });
    },
    async findByToken(tokenHash) {
      return toAttempt(await database.attempt.findUnique({ where: { tokenHash } }));
    },
  });
}

/** `<ms>-<id>`: runs older than the last one seen; the id breaks ties. A cursor that is none finds nothing. */
function beforeCursor(cursor: string): object {
  const [time = "", id = ""] = cursor.split("-");
  const createdAt = new Date(Number(time));
  if (Number.isNaN(createdAt.getTime())) return { id: "" };
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}

const states: Record<NonNullable<RunFilter["state"]>, object> = {
  live: { status: { in: ["starting", "running"] } },
  undecided: { status: "completed", winner: null },
  decided: { winner: { not: null } },
  failed: { status: "failed" },
  cancelled: { status: "cancelled" },
};

function conditions({ state, projectId, query = "", ids }: RunFilter): object[] {
  const words = storedSearchText(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  return [
    ...(state === undefined ? [] : [states[state]]),
    ...(projectId === undefined ? [] : [{ projectId }]),
    ...(ids === undefined ? [] : [{ id: { in: [...ids] } }]),
    ...words.map((word) => ({ searchText: { contains: word } })),
  ];
}

function toRow(row: { id: string; createdAt: Date; summary: string }): RunRow {
  return { runId: row.id, createdAt: row.createdAt.getTime(), summary: row.summary };
}

function toAttempt(row: (Omit<AttemptRecord, "executorRef"> & { executorRef: string | null }) | null): AttemptRecord | undefined {
  if (row === null) return undefined;
  const { runId, variation, attempt, line, model, executorRef } = row;
  return { runId, variation, attempt, line, model, executorRef: executorRef ?? undefined };
}
