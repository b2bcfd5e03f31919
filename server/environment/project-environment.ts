import { parseEnv } from "node:util";
import {
  type ChangeEnvironmentRequest,
  type DotenvRequest,
  dotenvSchema,
  type EnvironmentResponse,
  type Exposure,
  SHORTEST_SECRET,
  variableNameSchema,
} from "@/lib/protocol/environment";
import { AppError } from "../app-error";
import type { ProjectSettings, StoredVariable } from "../storage/project-settings";
import type { ProjectRecord } from "../storage/run-index";
import type { DependencyCache } from "./dependency-cache";
import { parseEgressRule } from "./egress-rules";
import { newestSchema, secretContext } from "./project-vault";
import type { SecretBox } from "./secret-box";

/** What people see and set of how a project is set up. Rejects with `AppError`. */
export interface ProjectEnvironment {
  describe(projectId: string): Promise<EnvironmentResponse>;
  change(projectId: string, change: ChangeEnvironmentRequest): Promise<EnvironmentResponse>;
  /** Sets what a dotenv text holds; others stay. Values too short to be kept out of the log become plain variables, named in `plain`. */
  takeDotenv(projectId: string, request: DotenvRequest): Promise<EnvironmentResponse & { plain: string[] }>;
  /** Forgets that set-ups failed: the next run tries again. */
  tryAgain(projectId: string): Promise<EnvironmentResponse>;
}

export interface ProjectEnvironmentPorts {
  projects: { getProject(id: string): Promise<ProjectRecord | undefined> };
  store: ProjectSettings;
  box: SecretBox;
  cache: DependencyCache;
}

/** In characters, of all secrets of a project: every one of them is looked for in all that its agents say. */
const SECRETS_LIMIT = 32_768;
const VARIABLES_LIMIT = 200;

interface Change {
  name: string;
  secret: boolean;
  value?: string;
  expose?: Exposure;
}

/** See `ProjectEnvironment`. */
export function createProjectEnvironment({ projects, store, box, cache }: ProjectEnvironmentPorts): ProjectEnvironment {
  async function projectOf(projectId: string): Promise<ProjectRecord> {
    const project = await projects.getProject(projectId);
    if (project !== undefined) return project;
    throw new AppError("not_found", "There is no such project.", [{ field: "id", message: "Take the project_id of one of its runs." }]);
  }

  async function describe(projectId: string): Promise<EnvironmentResponse> {
    const { id, name, url } = await projectOf(projectId);
    const [settings, variables, keptBytes] = await Promise.all([store.environment(id), store.variables(id), cache.bytesOf(id)]);
    const newest = settings.newest === undefined ? undefined : newestSchema.parse(JSON.parse(settings.newest));
    const last = newest?.last ?? null;
    return {
      project_id: id,
      name,
      repository_url: url,
      detected: newest?.detected ?? null,
      setup_command: settings.setupCommand ?? null,
      enabled: settings.enabled,
      seed_from_checkout: settings.seedFromCheckout,
      domains: settings.domains,
      env: variables.filter(({ secret }) => !secret).map(({ name, value, expose }) => ({ name, value, expose })),
      secrets: variables
        .filter(({ secret }) => secret)
        .map(({ name, expose, updatedAt }) => ({ name, expose, updated_at: new Date(updatedAt).toISOString() })),
      last: last === null ? null : { ...last, at: new Date(last.at).toISOString() },
      kept_bytes: keptBytes,
    };
  }

  /** Checks what the whole will be, then writes it. */
  async function changeVariables(projectId: string, changes: readonly Change[], remove: string[]): Promise<void> {
    if (changes.length + remove.length === 0) return;
    const before = new Map((await store.variables(projectId)).map((variable) => [variable.name, variable]));
    const set = changes.map((change) => toStored(projectId, change, before.get(change.name)));
    for (const name of remove) before.delete(name);
    for (const variable of set) before.set(variable.name, { ...variable, updatedAt: 0 });
    const all = [...before.values()];
    if (all.length > VARIABLES_LIMIT) refuse("env", `A project may have ${VARIABLES_LIMIT} variables and secrets at most.`);
    const characters = all.reduce(
      (sum, { name, value, secret }) => sum + (secret ? box.open(value, secretContext(projectId, name)).length : 0),
      0,
    );
    if (characters > SECRETS_LIMIT) refuse("secrets", `All secrets of a project together may have ${SECRETS_LIMIT} characters.`);
    await store.changeVariables(projectId, { set, remove });
  }

  function toStored(
    projectId: string,
    { name, secret, value, expose }: Change,
    known: StoredVariable | undefined,
  ): Omit<StoredVariable, "updatedAt"> {
    const same = known?.secret === secret ? known : undefined;
    if (value === undefined && same === undefined)
      refuse(`${secret ? "secrets" : "env"}.${name}`, "Give a value: there is none of this name yet.");
    const kept = value === undefined ? (same?.value ?? "") : secret ? box.seal(value, secretContext(projectId, name)) : value;
    // A secret goes to nobody unless somebody says so: the agent is who it is entered for.
    return { name, secret, value: kept, expose: expose ?? same?.expose ?? (secret ? "agent" : "both") };
  }

  return {
    describe,
    async change(projectId, change) {
      const { id } = await projectOf(projectId);
      const { setup_command: command, enabled, seed_from_checkout: seedFromCheckout, domains } = change;
      for (const [at, domain] of (domains ?? []).entries()) {
        if (parseEgressRule(domain, false) === undefined) {
          refuse(
            `domains.${at}`,
            `"${domain}" is no host. Give registry.example.org or *.example.org, with :port where it is neither 80 nor 443.`,
          );
        }
      }
      const listed = [
        ...Object.entries(change.env ?? {}).map(([name, to]) => ({ name, to, secret: false })),
        ...Object.entries(change.secrets ?? {}).map(([name, to]) => ({ name, to, secret: true })),
      ];
      const twice = Object.keys(change.env ?? {}).find((name) => change.secrets?.[name] !== undefined);
      if (twice !== undefined) refuse(`env.${twice}`, "This name is in env and in secrets: it can be one of them.");
      const changes = listed.flatMap(({ name, to, secret }): Change[] =>
        to === null ? [] : [{ name, secret, ...(typeof to === "string" ? { value: to } : to) }],
      );
      await changeVariables(
        id,
        changes,
        listed.filter(({ to }) => to === null).map(({ name }) => name),
      );
      const given = {
        enabled,
        seedFromCheckout,
        domains: domains === undefined ? undefined : [...new Set(domains.map((one) => one.trim()))],
      };
      const setupCommand = command === undefined ? {} : { setupCommand: command === null || command.trim() === "" ? null : command.trim() };
      const settings = { ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), ...setupCommand };
      if (Object.keys(settings).length > 0) await store.saveEnvironment(id, settings);
      return describe(id);
    },
    async takeDotenv(projectId, request) {
      const { id } = await projectOf(projectId);
      const { text, secret, expose } = dotenvSchema.parse(request);
      const changes = Object.entries(parseEnv(text)).map(([name, value = ""]): Change => {
        const checked = variableNameSchema.safeParse(name);
        if (!checked.success) refuse("text", `The name "${name.slice(0, 100)}" cannot be used: ${checked.error.issues[0]?.message}`);
        return { name, value, expose, secret: secret && value.trim().length >= SHORTEST_SECRET };
      });
      if (changes.length === 0) refuse("text", "There is no NAME=value line in this text.");
      await changeVariables(id, changes, []);
      const plain = secret ? changes.filter((change) => !change.secret).map(({ name }) => name) : [];
      return { ...(await describe(id)), plain };
    },
    async tryAgain(projectId) {
      const { id } = await projectOf(projectId);
      await cache.forgive(id);
      return describe(id);
    },
  };
}

function refuse(field: string, message: string): never {
  throw new AppError("bad_request", message, [{ field, message }]);
}
