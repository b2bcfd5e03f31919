import { createHash } from "node:crypto";
import {
  changeProjectChecksSchema,
  type ProjectCheck,
  type ProjectChecksResponse,
  type ProjectChecksSettings,
} from "@/lib/protocol/checks";
import type { CheckKind } from "@/lib/run/check-names";
import type { RunState } from "@/lib/run/state";
import { AppError } from "../app-error";
import { createBoundedCache } from "../bounded-cache";
import type { Executor } from "../executors/executor";
import type { GitStore } from "../git/git-store";
import type { RunIndex } from "../storage/run-index";
import type { SettingsStore } from "../storage/settings-store";
import { detectChecks } from "./detect-checks";
import type { DetectedCheck } from "./detected-check";

/** What the server does itself. */
export const SECRETS_CHECK = "aideator:secrets";
export const SIZE_CHECK = "aideator:size";

/** Which checks a project has, and how they run. */
export interface ProjectChecks {
  settings(projectId: string): Promise<ProjectChecksSettings>;
  /** All of a run's project, disabled ones too: detected on its base, configured, the server's own. */
  checksOf(run: RunState): Promise<ProjectCheck[]>;
  /** Whether commands can be run here, and if not why and what to do. */
  available(): Promise<{ possible: boolean; reason: string | null }>;
  describe(projectId: string): Promise<ProjectChecksResponse>;
  change(projectId: string, settings: ProjectChecksSettings): Promise<ProjectChecksResponse>;
}

export interface ProjectChecksPorts {
  store: SettingsStore;
  index: Pick<RunIndex, "getProject" | "listRuns">;
  state: (runId: string) => Promise<RunState | undefined>;
  git: Pick<GitStore, "listFiles" | "readBlob">;
  executor: Executor;
  /** What holds for projects whose people have not said so. */
  automatic: boolean;
}

const names: Record<CheckKind, string> = {
  build: "Build",
  types: "Types",
  lint: "Lint",
  test: "Tests",
  coverage: "Coverage",
  secrets: "Secrets and risky patterns",
  size: "Diff size",
};
/** Each reading of the tree may ask for files that the one before did not lead to. */
const MOST_READINGS = 5;
const KEPT_BASES = 200;

/** See `ProjectChecks`. */
export function createProjectChecks({ store, index, state, git, executor, automatic }: ProjectChecksPorts): ProjectChecks {
  const detected = createBoundedCache<DetectedCheck[]>({ bound: KEPT_BASES, weigh: () => 1 });

  async function settings(projectId: string): Promise<ProjectChecksSettings> {
    const text = await store.get(keyOf(projectId));
    const known = text === undefined ? undefined : changeProjectChecksSchema.safeParse(JSON.parse(text));
    return known?.success === true ? known.data : changeProjectChecksSchema.parse({ automatic });
  }

  /** Its reader is asked at once, so files are read between one try and the next. */
  async function detect(runId: string, commit: string): Promise<DetectedCheck[]> {
    const files = (await git.listFiles(runId, commit)).filter(({ mode }) => mode.startsWith("100"));
    const blobs = new Map(files.map(({ path, blob }) => [path, blob]));
    const texts = new Map<string, string | undefined>();
    for (let reading = 0; ; reading += 1) {
      const wanted = new Set<string>();
      const found = detectChecks([...blobs.keys()], (path) => {
        if (!texts.has(path)) wanted.add(path);
        return texts.get(path);
      });
      if (wanted.size === 0 || reading === MOST_READINGS) return found;
      for (const path of wanted) texts.set(path, (await git.readBlob(runId, blobs.get(path) ?? "")).text);
    }
  }

  async function available(): Promise<{ possible: boolean; reason: string | null }> {
    if (executor.reports === undefined) return { possible: false, reason: "Agents of this server work where checks cannot run yet." };
    const { isolated, remedy } = await executor.report();
    if (isolated) return { possible: true, reason: null };
    return { possible: false, reason: `Checks run in a sandbox only, and none holds on this machine. ${remedy ?? ""}`.trim() };
  }

  async function checksOf(run: RunState): Promise<ProjectCheck[]> {
    const { configured, disabled } = await settings(run.projectId);
    const { base } = run;
    const found = base === undefined ? [] : await detected.get(`${run.projectId} ${base.commit}`, () => detect(run.runId, base.commit));
    return allChecks(found, configured, new Set(disabled));
  }

  async function describe(projectId: string): Promise<ProjectChecksResponse> {
    if ((await index.getProject(projectId)) === undefined) {
      throw new AppError("not_found", "There is no such project.", [{ field: "id", message: "Take the project_id of one of its runs." }]);
    }
    const newest = (await index.listRuns({ limit: 1, projectId })).rows[0];
    const run = newest === undefined ? undefined : await state(newest.runId);
    const own = await settings(projectId);
    const checks = run === undefined ? allChecks([], own.configured, new Set(own.disabled)) : await checksOf(run);
    return { project_id: projectId, ...own, checks, available: await available() };
  }

  return {
    settings,
    checksOf,
    available,
    describe,
    async change(projectId, change) {
      await describe(projectId);
      await store.set(keyOf(projectId), JSON.stringify(change));
      return describe(projectId);
    },
  };
}

function keyOf(projectId: string): string {
  return `checks.${projectId}`;
}

function allChecks(
  detected: readonly DetectedCheck[],
  configured: ProjectChecksSettings["configured"],
  disabled: ReadonlySet<string>,
): ProjectCheck[] {
  const several = (kind: CheckKind): boolean => detected.filter((check) => check.kind === kind).length > 1;
  const commands = detected.map(({ id, kind, command, from }) => ({
    id,
    name: several(kind) ? `${names[kind]} (${id.split(":")[0]})` : names[kind],
    kind,
    command,
    from,
  }));
  const own = configured.map(({ name, kind, command, minutes }) => ({
    id: `own:${createHash("sha256").update(name.toLowerCase()).digest("hex").slice(0, 12)}`,
    name,
    kind,
    command,
    from: null,
    ...(minutes === undefined ? {} : { minutes }),
  }));
  const builtIn = [
    { id: SECRETS_CHECK, name: names.secrets, kind: "secrets" as const, command: null, from: null },
    { id: SIZE_CHECK, name: names.size, kind: "size" as const, command: null, from: null },
  ];
  return [...commands, ...own, ...builtIn].map((check) => ({ ...check, enabled: !disabled.has(check.id) }));
}
