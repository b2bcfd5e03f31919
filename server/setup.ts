import { readdir } from "node:fs/promises";
import { knownModels } from "@/lib/pricing/prices";
import type { SandboxReportResponse, SetupResponse } from "@/lib/protocol/http";
import { modelKind, modelLabel } from "@/lib/run/model-kind";
import type { Env } from "./env";
import type { Executor, SandboxReport } from "./executors/executor";
import { ApiError } from "./gateway/api-error";
import { readScenario } from "./gateway/scenario";
import type { LineUpRules } from "./runs/run-service";
import type { PriceSettings } from "./settings/price-settings";
import type { ProviderSettings } from "./settings/provider-settings";
import type { RunIndex } from "./storage/run-index";

/** What answers when a request names no model: a provider's sensible default, or the demo model when there is no provider. */
const DEFAULT_MODEL = "claude-sonnet-5-5";
const SAMPLE_PROMPT = "Keep the order of the todo list after a reload, and cover it with a test.";
const RECENT = 30;
const SCRIPT_NAME = /^([a-z0-9-]+)\.json$/;

/** Which models this server can run. The demo model is there for everyone; it is never used silently in another's place. */
export function lineUpRules(env: Env, hasProvider: () => boolean): LineUpRules {
  return {
    defaultModel: () => defaultModel(hasProvider()),
    fallbackModels: env.modelFallbacks,
    async refuseModel(model) {
      const kind = modelKind(model);
      if (kind === "demo") return undefined;
      if (kind === "script") return refuseScript(env.scriptsDir, model.slice("script:".length));
      return hasProvider() ? undefined : "No provider is configured: enter a key on the page Settings, or use demo.";
    },
  };
}

function defaultModel(hasProvider: boolean): string {
  return hasProvider ? DEFAULT_MODEL : "demo";
}

/** Makes the function behind `GET /setup`. */
export function createSetup(parts: {
  env: Env;
  provider: ProviderSettings;
  prices: PriceSettings;
  executor: Executor;
  index: RunIndex;
  sample: string;
}): () => Promise<SetupResponse> {
  const { env, provider, prices, executor, index, sample } = parts;
  return async () => {
    const [projects, report, scripts] = await Promise.all([index.recentProjects(RECENT), executor.report(), scriptNames(env.scriptsDir)]);
    const hasProvider = provider.current() !== undefined;
    return {
      demo: !hasProvider,
      default_model: defaultModel(hasProvider),
      models: [
        ...(hasProvider ? knownModels(prices.current()).map((id) => ({ id, label: id, kind: "provider" as const })) : []),
        { id: "demo", label: modelLabel("demo"), kind: "demo" },
        ...scripts.map((name) => ({ id: `script:${name}`, label: `${name} (scripted)`, kind: "script" as const })),
      ],
      sample_repository: { url: sample, name: "sample-todo", prompt: SAMPLE_PROMPT },
      recent_repositories: projects.map(({ id, url, name }) => ({ project_id: id, url, name })),
      git_hosts: env.gitHosts,
      sandbox: describeSandbox(report),
    };
  };
}

/** The port's report in the words of the API. */
export function describeSandbox({ isolated, summary, measures, remedy }: SandboxReport): SandboxReportResponse {
  return {
    isolated,
    summary,
    measures: measures.map(({ name, inForce, how }) => ({ name, in_force: inForce, how })),
    remedy: remedy ?? null,
  };
}

/** A script that cannot be played is refused before anything starts, not at its first call. */
async function refuseScript(dir: string | undefined, name: string): Promise<string | undefined> {
  if (dir === undefined) return "Scripted models are off: set AIDEATOR_SCRIPTS to the folder of scenario files.";
  try {
    await readScenario(dir, name);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

async function scriptNames(dir: string | undefined): Promise<string[]> {
  if (dir === undefined) return [];
  const files = await readdir(dir).catch(() => []);
  return files.flatMap((file) => SCRIPT_NAME.exec(file)?.[1] ?? []).sort();
}
