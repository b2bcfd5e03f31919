import { formatBytes, formatDuration } from "@/lib/format";
import type { Available, Configured, ServerSettingsResponse } from "@/lib/protocol/settings";
import type { Env } from "../env";
import type { Executor } from "../executors/executor";
import { DEFAULT_LIMITS } from "../runs/supervise-variation";
import type { PriceSettings } from "./price-settings";
import type { ProviderSettings } from "./provider-settings";

/** What the server was started with, for people to look at: they change it where it comes from. */
export interface ServerSettings {
  describe(): Promise<ServerSettingsResponse>;
}

interface SettingsParts {
  env: Env;
  executor: Pick<Executor, "report">;
  provider: ProviderSettings;
  prices: PriceSettings;
  /** What one sandbox may use. */
  sandboxLimits: { memoryBytes: number; processes: number; fileBytes: number; diskBytes: number; idleMs: number };
}

/** See `ServerSettings`. */
export function createServerSettings(parts: SettingsParts): ServerSettings {
  const { env, executor, sandboxLimits } = parts;
  return {
    async describe() {
      const { isolated, summary, remedy } = await executor.report();
      return {
        agents: [builtIn(isolated || env.allowUnsandboxed, remedy ?? summary)],
        models: models(parts),
        limits: [...runLimits(env), ...sandbox(sandboxLimits)],
        retention: retention(env),
      };
    },
  };
}

function builtIn(commands: boolean, remedy: string): Available {
  return {
    id: "builtin",
    name: "Built-in",
    can_run: true,
    why: commands ? "Comes with the server; reads, edits and runs commands." : `It reads and edits, but runs no commands. ${remedy}`,
  };
}

function models({ env, provider, prices }: SettingsParts): Available[] {
  const { demo, key, base_url } = provider.describe();
  const priced = Object.keys(prices.current().models).length;
  return [
    {
      id: "provider",
      name: "Models of the provider",
      can_run: !demo,
      why: demo
        ? "There is no key: enter one under Provider key."
        : `${new URL(base_url).host}, ${key === null ? "without a key" : "with a key"}; ${priced} with a price.`,
    },
    { id: "demo", name: "Demo model", can_run: true, why: "Follows rules; its edits are real. It costs nothing." },
    {
      id: "script",
      name: "Scripted models",
      can_run: env.scriptsDir !== undefined,
      why:
        env.scriptsDir === undefined
          ? "Off: set AIDEATOR_SCRIPTS to a folder of scenario files."
          : `From AIDEATOR_SCRIPTS: ${env.scriptsDir}.`,
    },
  ];
}

function runLimits(env: Env): Configured[] {
  const own = { variable: null, from_environment: false };
  return [
    {
      name: "Model turns",
      value: String(DEFAULT_LIMITS.turns),
      meaning: "Of a variation, unless its line-up says otherwise; 500 at most.",
      ...own,
    },
    {
      name: "Minutes",
      value: String(DEFAULT_LIMITS.minutes),
      meaning: "Of one attempt, unless its line-up says otherwise; 1,440 at most.",
      ...own,
    },
    {
      name: "Dollars",
      value: "none",
      meaning: "Of a variation or a run: set for each. Of a project in a month: set with the project.",
      ...own,
    },
    variable(env, "AIDEATOR_MAX_RUNNING", "Agents at work", String(env.maxRunning), "Over all runs; more wait in a queue."),
    variable(
      env,
      "AIDEATOR_MAX_MODEL_CALLS",
      "Calls to the provider",
      String(env.maxModelCalls),
      "At once, over all runs; more wait, variations in turns.",
    ),
    variable(
      env,
      "AIDEATOR_MODEL_FALLBACKS",
      "Fallback models",
      env.modelFallbacks.length === 0 ? "none" : env.modelFallbacks.join(", "),
      "Answer when the model asked for cannot, in order.",
    ),
  ];
}

function sandbox({ memoryBytes, processes, fileBytes, diskBytes, idleMs }: SettingsParts["sandboxLimits"]): Configured[] {
  const own = { variable: null, from_environment: false };
  return [
    {
      name: "Memory",
      value: formatBytes(memoryBytes),
      meaning: "Of one sandbox: half of the machine's, at least 1.1 GB and at most 8.6 GB.",
      ...own,
    },
    { name: "Processes", value: processes.toLocaleString("en-US"), meaning: "Of one sandbox.", ...own },
    { name: "File size", value: formatBytes(fileBytes), meaning: "Of each file in a sandbox.", ...own },
    { name: "Disk", value: formatBytes(diskBytes), meaning: "Of one sandbox: tree, home and temporary files.", ...own },
    { name: "Silence", value: formatDuration(idleMs), meaning: "After so long without a word an attempt is ended.", ...own },
  ];
}

function retention(env: Env): Configured[] {
  const { keptTreesDays, trashDays } = env.retention;
  return [
    variable(
      env,
      "AIDEATOR_KEEP_TREES_DAYS",
      "Unsaved trees",
      days(keptTreesDays),
      "Trees whose work could not be saved; then they go to the trash.",
    ),
    variable(env, "AIDEATOR_KEEP_TRASH_DAYS", "Trash", days(trashDays), "Anything in the trash; then it is deleted."),
    variable(
      env,
      "AIDEATOR_KEEP_ENVIRONMENTS_GB",
      "Installed dependencies",
      formatBytes(env.keptEnvironmentBytes),
      "Over all projects; what was used longest ago goes first.",
    ),
    {
      name: "Runs",
      value: "for ever",
      meaning: "Logs, snapshots and branches of runs are never removed by themselves.",
      variable: null,
      from_environment: false,
    },
  ];
}

function variable(env: Env, name: string, title: string, value: string, meaning: string): Configured {
  return { name: title, value, meaning, variable: name, from_environment: env.given.has(name) };
}

function days(count: number): string {
  return count === 1 ? "1 day" : `${count} days`;
}
