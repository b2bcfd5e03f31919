import { type Criterion, defaultRubric } from "@/lib/judge/rubric";
import { changeProjectRubricSchema, type ProjectRubricResponse } from "@/lib/protocol/judge";
import { AppError } from "../app-error";
import type { RunIndex } from "../storage/run-index";
import type { SettingsStore } from "../storage/settings-store";

/** By what the variations of a project are judged. */
export interface ProjectRubrics {
  rubric(projectId: string): Promise<Criterion[]>;
  describe(projectId: string): Promise<ProjectRubricResponse>;
  /** Replaces all of it. */
  change(projectId: string, change: { rubric: Criterion[] }): Promise<ProjectRubricResponse>;
}

/** See `ProjectRubrics`. */
export function createProjectRubrics(store: SettingsStore, index: Pick<RunIndex, "getProject">): ProjectRubrics {
  async function kept(projectId: string): Promise<Criterion[] | undefined> {
    const text = await store.get(keyOf(projectId));
    const known = text === undefined ? undefined : changeProjectRubricSchema.safeParse(JSON.parse(text));
    return known?.success === true ? known.data.rubric : undefined;
  }
  async function describe(projectId: string): Promise<ProjectRubricResponse> {
    if ((await index.getProject(projectId)) === undefined) {
      throw new AppError("not_found", "There is no such project.", [{ field: "id", message: "Take the project_id of one of its runs." }]);
    }
    const own = await kept(projectId);
    return { project_id: projectId, rubric: own ?? [...defaultRubric], is_default: own === undefined };
  }
  return {
    rubric: async (projectId) => (await kept(projectId)) ?? [...defaultRubric],
    describe,
    async change(projectId, { rubric }) {
      await describe(projectId);
      if (JSON.stringify(rubric) === JSON.stringify(defaultRubric)) await store.remove(keyOf(projectId));
      else await store.set(keyOf(projectId), JSON.stringify({ rubric }));
      return describe(projectId);
    },
  };
}

function keyOf(projectId: string): string {
  return `rubric.${projectId}`;
}
