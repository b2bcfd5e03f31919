import type { ProjectResponse } from "@/lib/protocol/spending";
import { AppError } from "../app-error";
import type { CallStore } from "../storage/call-store";
import type { ProjectRow, ProjectStore } from "../storage/project-store";

/** Projects: what they are and what they may spend. */
export interface ProjectService {
  list(page: { limit: number; cursor?: string }): Promise<{ projects: ProjectResponse[]; nextCursor?: string }>;
  update(id: string, change: { monthly_dollars: number | null }): Promise<ProjectResponse>;
  /** US dollars per calendar month; undefined: no cap. Asked for every call to a model, so it is kept at hand. */
  monthlyCap(id: string): Promise<number | undefined>;
}

/** See `ProjectService`. `now`: ms since the epoch. */
export function createProjectService(parts: { projects: ProjectStore; calls: CallStore; now: () => number }): ProjectService {
  const { projects, calls, now } = parts;
  const caps = new Map<string, number | null>();

  async function describe(row: ProjectRow): Promise<ProjectResponse> {
    const month = new Date(now()).toISOString().slice(0, 7);
    return {
      project_id: row.id,
      url: row.url,
      name: row.name,
      created_at: new Date(row.createdAt).toISOString(),
      used_at: new Date(row.usedAt).toISOString(),
      monthly_dollars: row.monthlyDollars,
      spent_this_month: await calls.spentInMonth(row.id, month),
    };
  }

  return {
    async list({ limit, cursor }) {
      const rows = await projects.list({ limit: limit + 1, after: cursor });
      const page = rows.slice(0, limit);
      return { projects: await Promise.all(page.map(describe)), nextCursor: rows.length > limit ? page.at(-1)?.id : undefined };
    },
    async update(id, { monthly_dollars }) {
      const row = await projects.setMonthlyDollars(id, monthly_dollars);
      if (row === undefined) throw new AppError("not_found", `There is no project ${id}.`);
      caps.set(id, row.monthlyDollars);
      return describe(row);
    },
    async monthlyCap(id) {
      const known = caps.get(id);
      if (known !== undefined) return known ?? undefined;
      const cap = (await projects.get(id))?.monthlyDollars ?? null;
      // Changed meanwhile: the change is the newer truth.
      if (!caps.has(id)) caps.set(id, cap);
      return caps.get(id) ?? undefined;
    },
  };
}
