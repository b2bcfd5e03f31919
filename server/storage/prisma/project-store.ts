import type { ProjectRow, ProjectStore } from "../project-store";
import type { Database } from "./database";
import { guardStorage } from "./guard-storage";

/** Projects in SQLite. */
export function createPrismaProjectStore(database: Database): ProjectStore {
  async function get(id: string): Promise<ProjectRow | undefined> {
    const row = await database.project.findUnique({ where: { id } });
    return row === null ? undefined : toRow(row);
  }

  return guardStorage<ProjectStore>({
    async list({ limit, after }) {
      const where = after === undefined ? {} : { id: { gt: after } };
      return (await database.project.findMany({ where, orderBy: { id: "asc" }, take: limit })).map(toRow);
    },
    get,
    async setMonthlyDollars(id, monthlyDollars) {
      const { count } = await database.project.updateMany({ where: { id }, data: { monthlyDollars } });
      return count === 0 ? undefined : get(id);
    },
  });
}

interface Stored extends Omit<ProjectRow, "createdAt" | "usedAt"> {
  createdAt: Date;
  usedAt: Date;
}

function toRow({ id, url, name, createdAt, usedAt, monthlyDollars }: Stored): ProjectRow {
  return { id, url, name, createdAt: createdAt.getTime(), usedAt: usedAt.getTime(), monthlyDollars };
}
