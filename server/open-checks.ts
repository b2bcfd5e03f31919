import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type CheckService, createCheckService } from "./checks/check-service";
import { createCheckStore } from "./checks/check-store";
import { createProjectChecks, type ProjectChecks } from "./checks/project-checks";
import type { Env } from "./env";
import type { RunEnvironments } from "./environment/run-environments";
import type { RunContext } from "./runs/run-context";
import type { RunService } from "./runs/run-service";
import type { SettingsStore } from "./storage/settings-store";

export interface CheckParts {
  env: Env;
  /** Where the program's own files lie. */
  root: string;
  context: RunContext;
  environments: RunEnvironments;
  runs: Pick<RunService, "cancel">;
  settings: SettingsStore;
}

/** Checks of runs, and how projects are checked. A check keeps about a core busy: as many run at once as there are; in a cluster it is the cluster's, whose cores nobody here knows. */
export function openChecks({ env, root, context, environments, runs, settings }: CheckParts): {
  checks: CheckService;
  projectChecks: ProjectChecks;
} {
  const { writer, git, index, executor, queue, parseAddress, now, log, draining } = context;
  const { dataDir } = env;
  const state = (runId: string) => writer.state(runId);
  const projectChecks = createProjectChecks({ store: settings, index, state, git, executor, automatic: env.autoChecks });
  const checks = createCheckService(
    {
      writer,
      git,
      executor,
      environments,
      projects: projectChecks,
      store: createCheckStore(dataDir),
      load: queue.load,
      parseAddress,
      stopVariation: async (runId, variation) => void (await runs.cancel(runId, variation)),
      dataDir,
      bundles: {
        check: join(root, "dist/check.mjs"),
        reporter: join(root, "dist/test-reporter.mjs"),
        scanner: join(root, "dist/scan-worker.mjs"),
      },
      now,
      log,
      draining,
    },
    Math.max(1, env.kubernetes === undefined ? Math.min(env.maxRunning, availableParallelism()) : env.maxRunning),
  );
  return { checks, projectChecks };
}
