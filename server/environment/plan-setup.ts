import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { RunState } from "@/lib/run/state";
import type { Executor, KeptFolders } from "../executors/executor";
import type { GitStore } from "../git/git-store";
import type { EnvironmentSettings, StoredVariable } from "../storage/project-settings";
import type { DependencyCache, FailedSetup, SetupPlace } from "./dependency-cache";
import { type DetectedSetup, detectSetup, type ListedFile, neededTools } from "./detect-setup";
import { type EgressRule, parseEgressRule } from "./egress-rules";
import type { RegistrySettings } from "./registry-settings";
import { seedFromCheckout } from "./seed-checkout";
import type { SetupJob } from "./set-up-project";
import { setupHash } from "./setup-hash";

/** What is to be done for a run's dependencies. */
export type SetupPlan =
  /** Nothing in the tree asks for any. */
  | { kind: "nothing" }
  | { kind: "skip"; reason: string }
  | { kind: "known"; place: SetupPlace; command: string; folder: string }
  | { kind: "failed"; place: SetupPlace; command: string; failure: FailedSetup }
  | { kind: "build"; place: SetupPlace; command: string; job: SetupJob; settings: string };

export interface PlanPorts {
  git: Pick<GitStore, "listFiles" | "readBlob">;
  executor: Executor;
  cache: DependencyCache;
  registries: RegistrySettings;
  /** `AIDEATOR_EGRESS_HOSTS`. */
  operatorHosts: readonly string[];
}

export interface PlanInput {
  run: RunState;
  mirrorPath: string;
  settings: EnvironmentSettings;
  variables: readonly StoredVariable[];
  /** Opened, of the set-up. */
  setupVariables: Record<string, string>;
}

/** Where a command of a person's own may have put things, beside what the lock file says. */
const ANY_FOLDERS: KeptFolders = { named: ["node_modules"], tree: [".venv", "vendor"], home: [] };

/** Looks at a run's base and decides; also answers what was detected, for people to see. Reads only. */
export async function planSetup(ports: PlanPorts, input: PlanInput): Promise<{ plan: SetupPlan; detected?: DetectedSetup }> {
  const { git, executor, cache } = ports;
  const { run, mirrorPath, settings } = input;
  const commit = run.base?.commit ?? "";
  const files = (await git.listFiles(run.runId, commit)).filter(({ mode }) => mode.startsWith("100"));
  // Asking may take a pod: only where there is something to be installed.
  const asks = detectSetup(files, new Set()) !== undefined;
  const detected = asks ? detectSetup(files, (await executor.programs?.(neededTools())) ?? new Set()) : undefined;
  const answer = (plan: SetupPlan): { plan: SetupPlan; detected?: DetectedSetup } => ({ plan, detected });
  if (detected === undefined && settings.setupCommand === undefined) return answer(await withoutLock(git, run.runId, files));
  const refusal = await refusalOf(executor, settings);
  if (refusal !== undefined) return answer({ kind: "skip", reason: refusal });
  const command = settings.setupCommand ?? detected?.command;
  if (command === undefined) return answer({ kind: "skip", reason: detected?.missing ?? "no command is known" });

  const hashed = detected?.hashed ?? files;
  const image = await executor.image?.();
  const machine =
    image === undefined
      ? { platform: `${process.platform}-${process.arch}`, nodeVersion: process.versions.node }
      : { platform: image, nodeVersion: "" };
  const place: SetupPlace = { projectId: run.projectId, hash: setupHash({ command, hashed, ...machine }) };
  const folder = await cache.find(place);
  if (folder !== undefined) return answer({ kind: "known", place, command, folder });
  const tried = fingerprint(input);
  const failure = await cache.failure(place);
  if (failure !== undefined && failure.settings === tried) return answer({ kind: "failed", place, command, failure });
  const job: SetupJob = {
    place,
    mirrorPath,
    baseCommit: commit,
    command,
    ...(await surroundings(ports, input, detected)),
    folders: foldersOf(detected, settings.setupCommand !== undefined),
    // What this machine's programs built may not fit those of an image.
    seed: image === undefined ? await seedOf(run, settings, detected) : undefined,
  };
  return answer({ kind: "build", place, command, job, settings: tried });
}

/** A manifest that names dependencies but no lock file to go by: said, not guessed. */
async function withoutLock(git: PlanPorts["git"], runId: string, files: readonly ListedFile[]): Promise<SetupPlan> {
  const manifest = files.find(({ path }) => path === "package.json");
  const text = manifest === undefined ? undefined : (await git.readBlob(runId, manifest.blob)).text;
  if (text === undefined || !namesDependencies(text)) return { kind: "nothing" };
  return {
    kind: "skip",
    reason:
      "package.json names dependencies, but there is no lock file. Commit one, or give a set-up command in the project's environment.",
  };
}

function namesDependencies(manifest: string): boolean {
  try {
    const parsed = JSON.parse(manifest) as Record<string, unknown> | null;
    return ["dependencies", "devDependencies"].some((field) => Object.keys(parsed?.[field] ?? {}).length > 0);
  } catch {
    return false;
  }
}

async function refusalOf(executor: Executor, settings: EnvironmentSettings): Promise<string | undefined> {
  if (!settings.enabled) return "it is switched off in the project's environment.";
  if (executor.keep === undefined) return "agents of this server work where dependencies cannot be prepared.";
  const { isolated, remedy } = await executor.report();
  return isolated ? undefined : `it runs in a sandbox only, and none holds on this machine. ${remedy ?? ""}`.trim();
}

function foldersOf(detected: DetectedSetup | undefined, isOwnCommand: boolean): KeptFolders {
  const found = detected?.folders ?? { named: [], tree: [], home: [] };
  if (!isOwnCommand) return found;
  const union = (key: keyof KeptFolders): string[] => [...new Set([...found[key], ...ANY_FOLDERS[key]])];
  return { named: union("named"), tree: union("tree"), home: union("home") };
}

/** Variables, certificates and the list of hosts. */
async function surroundings(
  { registries, operatorHosts }: PlanPorts,
  { settings, setupVariables }: PlanInput,
  detected: DetectedSetup | undefined,
): Promise<Pick<SetupJob, "variables" | "shown" | "rules">> {
  const there = await Promise.all(
    registries.certificates.map(({ path }) =>
      stat(path).then(
        (stats) => stats.isFile(),
        () => false,
      ),
    ),
  );
  const certificates = registries.certificates.filter((_, at) => there[at]);
  const inside = (name: string): string => join("/run/aideator/certificates", `${name}.pem`);
  return {
    variables: {
      ...detected?.setupEnv,
      ...registries.variables,
      ...Object.fromEntries(certificates.map(({ name }) => [name, inside(name)])),
      ...setupVariables,
    },
    shown: certificates.map(({ name, path }) => ({ from: path, to: inside(name) })),
    rules: [
      ...rulesOf([...operatorHosts, ...registries.hosts], true),
      ...rulesOf([...(detected?.domains ?? []), ...settings.domains], false),
    ],
  };
}

function rulesOf(hosts: readonly string[], byOperator: boolean): EgressRule[] {
  return hosts.map((host) => parseEgressRule(host, byOperator)).filter((rule) => rule !== undefined);
}

async function seedOf(run: RunState, settings: EnvironmentSettings, detected: DetectedSetup | undefined): Promise<SetupJob["seed"]> {
  const checkout = run.repositoryUrl;
  if (!settings.seedFromCheckout || settings.setupCommand !== undefined || detected === undefined || !isAbsolute(checkout))
    return undefined;
  const seed = await seedFromCheckout(checkout, detected);
  return seed?.folders.map((path) => ({ from: join(checkout, path), path }));
}

/** Of all that may turn a failure into a success beside the lock file; says nothing of a secret's value. */
function fingerprint({ settings, variables }: PlanInput): string {
  const relevant = variables.filter(({ expose }) => expose !== "agent").map(({ name, updatedAt }) => [name, updatedAt]);
  return createHash("sha256")
    .update(JSON.stringify([settings.domains, relevant]))
    .digest("hex")
    .slice(0, 32);
}
